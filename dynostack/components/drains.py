"""The app's log drains."""

from collections.abc import Mapping

import pulumi
import pulumiverse_heroku as heroku
from pydantic import SecretStr

from dynostack.components.app import App
from dynostack.components.values import as_input


class Drains(pulumi.ComponentResource):
    """The section's drains, each named by its key in the file."""

    def __init__(
        self, name: str, section: Mapping[str, pulumi.Input[str] | SecretStr], app: App
    ) -> None:
        super().__init__("dynostack:heroku:Drains", name, opts=pulumi.ResourceOptions(parent=app))
        for key, address in section.items():
            heroku.drain.Drain(
                key,
                app_id=app.id,
                url=None if isinstance(address, SecretStr) else address,
                sensitive_url=as_input(address) if isinstance(address, SecretStr) else None,
                # Heroku rejects a repeated address, and more drains than its limit.
                opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
            )
        self.register_outputs({})
