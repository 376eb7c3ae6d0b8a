"""Add-ons, except those of services that have their own section."""

import pulumi
import pulumiverse_heroku as heroku

from dynostack import environment
from dynostack.components.app import App
from dynostack.components.values import as_input, changed


class Addons(pulumi.ComponentResource):
    """The section's add-ons, each named by its key in the file."""

    def __init__(self, name: str, section: environment.Addons, app: App) -> None:
        super().__init__("dynostack:heroku:Addons", name, opts=pulumi.ResourceOptions(parent=app))
        self.addons = {key: self._addon(key, addon, app) for key, addon in section.items()}
        self.attachments = {key: addon.attachments for key, addon in section.items()}
        self.register_outputs({key: addon.name for key, addon in self.addons.items()})

    def _addon(self, key: str, section: environment.Addon, app: App) -> heroku.addon.Addon:
        service = changed(section.plan, lambda plan: plan.partition(":")[0])
        former_name = changed(service, lambda service: f"{key}-{service}")
        return heroku.addon.Addon(
            key,
            app_id=app.id,
            plan=section.plan,
            name=section.name,
            config={name: as_input(value) for name, value in section.config.items()} or None,
            opts=options(self, service, former_name=former_name),
        )


def options(
    parent: pulumi.Resource,
    service: pulumi.Input[str],
    former_name: pulumi.Input[str] | None = None,
) -> pulumi.ResourceOptions:
    """Return the resource options that every add-on has.

    Args:
        parent: The component that the add-on belongs to.
        service: The add-on's service.  Heroku can change a plan only within a service, so another
            service replaces the add-on.
        former_name: The resource's name in states from before 2026-12.
    """
    # Only a plain text can be a name in the state; an output was never one.
    aliases = [pulumi.Alias(name=former_name)] if isinstance(former_name, str) else None
    return pulumi.ResourceOptions(
        parent=parent,
        replacement_trigger=service,
        # Heroku reserves the add-on's name and its config vars until the old add-on is gone.
        delete_before_replace=True,
        # Heroku reads `config` when it creates the add-on and never returns it.  Without this, the
        # published provider would replace an imported add-on to set options it may already have.
        ignore_changes=["config"],
        aliases=aliases,
    )
