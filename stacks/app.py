"""The app, its config vars and its features."""

import pulumi
import pulumiverse_heroku as heroku
from pydantic import SecretStr

import config
from stacks.secrets import as_input


class App(pulumi.ComponentResource):
    """A personal app or a team's."""

    def __init__(
        self,
        name: str,
        section: config.App,
        features: config.Features,
        *,
        protect: bool,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("dynostack:heroku:App", name, opts=opts)
        self.app = heroku.app.App(
            name,
            name=section.name,
            region=section.region,
            stack=section.stack,
            organization=heroku.app.AppOrganizationArgs(name=section.team)
            if section.team
            else None,
            buildpacks=section.buildpacks or None,
            config_vars=_plain(section.config_vars),
            sensitive_config_vars=_secret(section.config_vars),
            # The name is taken until the old app is gone.
            opts=pulumi.ResourceOptions(parent=self, protect=protect, delete_before_replace=True),
        )
        self.id = self.app.id
        self.features = [
            heroku.app.Feature(
                feature,
                app_id=self.id,
                name=feature,
                enabled=enabled,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for feature, enabled in features.items()
        ]
        self.register_outputs({"name": self.app.name, "webUrl": self.app.web_url})


def _plain(config_vars: config.ConfigVars) -> dict[str, str]:
    return {name: value for name, value in config_vars.items() if isinstance(value, str)}


def _secret(config_vars: config.ConfigVars) -> dict[str, pulumi.Input[str]] | None:
    secrets = {
        name: as_input(value) for name, value in config_vars.items() if isinstance(value, SecretStr)
    }
    return secrets or None
