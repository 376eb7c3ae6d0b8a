"""Creation of an app with its owner, its own domain and its first release."""

from __future__ import annotations

from localheroku.api.apps import models
from localheroku.api.apps.collaborators import models as collaborators
from localheroku.api.apps.models import App, NewApp
from localheroku.api.builds.releases import creation as releases
from localheroku.api.domains import models as domains
from localheroku.core.state import State


def create(state: State, new: NewApp) -> App:
    """Create an app.

    Raises:
        ParamsError: The name, region or stack is invalid.
    """
    with state.store.transaction():
        app = models.create(state, new)
        collaborators.enter_owner(state, app)
        domains.put_own(state, app)
        releases.create(state, app, "Initial release")
    return models.find(state, app.id)
