"""The app's log drains."""

from config import Environment
from dynostack.components import App, Drains


def declare_drains(environment: Environment, app: App) -> None:
    """Declare the app's log drains."""
    if environment.drains:
        Drains("drains", environment.drains, app)
