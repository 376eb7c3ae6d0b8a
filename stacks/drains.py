"""Where the app's logs flow."""

from config import Environment
from dynostack.components import App, Drains


def declare_drains(environment: Environment, app: App) -> None:
    """Declare where the app's logs flow."""
    if environment.drains:
        Drains("drains", environment.drains, app)
