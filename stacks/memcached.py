"""The app's cache."""

import pulumi
import pulumiverse_heroku as heroku

import config
from stacks.addons import options
from stacks.app import App


class Memcached(pulumi.ComponentResource):
    """memcached by MemCachier or Memcached Cloud."""

    def __init__(self, name: str, section: config.Memcached, app: App) -> None:
        super().__init__(
            "dynostack:heroku:Memcached", name, opts=pulumi.ResourceOptions(parent=app)
        )
        addon = heroku.addon.Addon(
            name,
            app_id=app.id,
            plan=f"{section.service}:{section.plan}",
            name=section.name,
            opts=options(self, section.service, former_name=section.service),
        )
        self.addons = {name: addon}
        # The section has no attachments: an attachment sets no variable that a site looks for.
        self.attachments: dict[str, list[str]] = {}
        self.register_outputs({"addon": addon.name})
