"""The app's cache."""

import pulumi
import pulumiverse_heroku as heroku

import config
from stacks.app import App


class Memcached(pulumi.ComponentResource):
    """memcached by MemCachier or Memcached Cloud."""

    def __init__(self, name: str, section: config.Memcached, app: App) -> None:
        super().__init__(
            "dynostack:heroku:Memcached", name, opts=pulumi.ResourceOptions(parent=app)
        )
        # Heroku cannot make one service's add-on another's: another service is another resource.
        addon = heroku.addon.Addon(
            section.service,
            app_id=app.id,
            plan=f"{section.service}:{section.plan}",
            name=section.name,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.addons = {name: addon}
        self.register_outputs({"addon": addon.name})
