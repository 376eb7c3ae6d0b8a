"""The app's host names."""

from config import Environment
from dynostack.components import App, Domains


def declare_domains(environment: Environment, app: App) -> None:
    """Declare each host name that is routed to the app."""
    if environment.domains:
        Domains("domains", environment.domains, app)
