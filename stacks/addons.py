"""The add-ons of services without a section of their own."""

from config import Environment
from dynostack.components import Addons, App


def declare_addons(environment: Environment, app: App) -> Addons | None:
    """Declare the add-ons of all other services."""
    if not environment.addons:
        return None
    return Addons("addons", environment.addons, app)
