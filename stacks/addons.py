"""Add-ons of any service but those with a section of their own."""

from collections.abc import Iterable

import pulumi
import pulumiverse_heroku as heroku

import config
from stacks.app import App
from stacks.secrets import as_input


class Addons(pulumi.ComponentResource):
    """Each add-on under the key that the file gives it."""

    def __init__(self, name: str, section: config.Addons, app: App) -> None:
        super().__init__("dynostack:heroku:Addons", name, opts=pulumi.ResourceOptions(parent=app))
        self.addons = {key: self._addon(key, addon, app) for key, addon in section.items()}
        self.register_outputs({key: addon.name for key, addon in self.addons.items()})

    def _addon(self, key: str, section: config.Addon, app: App) -> heroku.addon.Addon:
        # Heroku cannot make one service's add-on another's: another service is another resource.
        service = section.plan.partition(":")[0]
        addon = heroku.addon.Addon(
            f"{key}-{service}",
            app_id=app.id,
            plan=section.plan,
            name=section.name,
            config={name: as_input(value) for name, value in section.config.items()} or None,
            # Its name and its config vars are taken until the old one is gone.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        attach(key, addon, section.attachments, app, parent=self)
        return addon


def attach(
    name: str,
    addon: heroku.addon.Addon,
    attachments: Iterable[str],
    app: App,
    parent: pulumi.Resource,
) -> None:
    """Give an add-on more names on the app; each sets config vars that begin with it."""
    for attachment in attachments:
        heroku.addon.Attachment(
            f"{name}-{attachment.lower()}",
            app_id=app.id,
            addon_id=addon.id,
            name=attachment,
            opts=pulumi.ResourceOptions(parent=parent),
        )
