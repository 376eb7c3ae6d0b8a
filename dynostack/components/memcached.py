"""The app's cache."""

import pulumi
import pulumiverse_heroku as heroku

from dynostack import environment
from dynostack.components.addons import options
from dynostack.components.app import App


class Memcached(pulumi.ComponentResource):
    """A memcached add-on: MemCachier or Memcached Cloud."""

    def __init__(self, name: str, section: environment.Memcached, app: App) -> None:
        super().__init__(
            "dynostack:heroku:Memcached", name, opts=pulumi.ResourceOptions(parent=app)
        )
        addon = heroku.addon.Addon(
            name,
            app_id=app.id,
            plan=pulumi.Output.concat(section.service, ":", section.plan),
            name=section.name,
            opts=options(self, section.service, former_name=section.service),
        )
        self.addons = {name: addon}
        # The section has no attachments: Django projects would not read their config vars.
        self.attachments: dict[str, list[str]] = {}
        self.register_outputs({"addon": addon.name})
