"""The app's code, and the dynos that run it."""

from collections.abc import Sequence

import pulumi

from config import Environment
from dynostack.components import App, Build, Formation


def declare_processes(environment: Environment, app: App, after: Sequence[pulumi.Resource]) -> None:
    """Declare a build of the source, and the dynos of each process type."""
    build = None
    if environment.app.source:
        build = Build("build", environment.app.source, app, after)
    if environment.formation:
        Formation("formation", environment.formation, app, build)
