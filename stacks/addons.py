"""Add-ons of any service but those with a section of their own."""

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
        self.attachments = {key: addon.attachments for key, addon in section.items()}
        self.register_outputs({key: addon.name for key, addon in self.addons.items()})

    def _addon(self, key: str, section: config.Addon, app: App) -> heroku.addon.Addon:
        service = section.plan.partition(":")[0]
        return heroku.addon.Addon(
            key,
            app_id=app.id,
            plan=section.plan,
            name=section.name,
            config={name: as_input(value) for name, value in section.config.items()} or None,
            opts=options(self, service, former_name=f"{key}-{service}"),
        )


def options(
    parent: pulumi.Resource, service: str, former_name: str | None = None
) -> pulumi.ResourceOptions:
    """Return the options that every add-on has.

    Args:
        parent: The component that the add-on belongs to.
        service: The add-on's service.  Heroku changes an add-on's plan within a service only, so
            another service replaces the add-on.
        former_name: The resource's name in a state made before 2026-12.
    """
    return pulumi.ResourceOptions(
        parent=parent,
        replacement_trigger=service,
        # Heroku reserves the add-on's name and its config vars until the old add-on is gone.
        delete_before_replace=True,
        # Heroku reads `config` when it creates the add-on and never returns it.  Without this, the
        # published provider replaces an imported add-on to set what it may well have.
        ignore_changes=["config"],
        aliases=[pulumi.Alias(name=former_name)] if former_name else None,
    )
