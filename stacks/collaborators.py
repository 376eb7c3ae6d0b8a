"""Who has access to the app."""

from config import Environment
from dynostack.components import App, Collaborators


def declare_collaborators(environment: Environment, app: App) -> None:
    """Declare each person, with permissions on a team app."""
    if environment.collaborators:
        Collaborators("collaborators", environment.collaborators, app)
