"""The people who have access to the app."""

from config import Environment
from dynostack.components import App, Collaborators


def declare_collaborators(environment: Environment, app: App) -> None:
    """Declare each collaborator; on a team app, with permissions."""
    if environment.collaborators:
        Collaborators("collaborators", environment.collaborators, app)
