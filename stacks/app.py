"""The app, its config vars and its features."""

import pulumi

from config import Environment
from dynostack.components import App, heroku_provider


def declare_app(environment: Environment) -> App:
    """Declare the app."""
    return App(
        "app",
        environment.app,
        environment.features,
        protect=environment.keeps_data,
        opts=pulumi.ResourceOptions(providers=[heroku_provider()]),
    )
