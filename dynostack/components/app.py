"""The app, its config vars and its features."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

import pulumi
import pulumiverse_heroku as heroku
from pulumi.output import Unknown
from pydantic import SecretStr

from dynostack import environment
from dynostack.components.values import as_input


class App(pulumi.ComponentResource):
    """A personal app or a team app.

    Args:
        name: the name of the component and of its app resource in Pulumi.
        section: the section `app`.
        features: the section `features`.
        config_vars: additional config vars, such as the name of a bucket in the same program.
        secret_config_vars: additional config vars that are encrypted in the state.
        protect: whether the engine refuses to destroy or replace the app.
        opts: options of the component, including a provider, see `heroku_provider`.
    """

    def __init__(
        self,
        name: str,
        section: environment.App,
        features: environment.Features,
        *,
        config_vars: Mapping[str, pulumi.Input[str]] = MappingProxyType({}),
        secret_config_vars: Mapping[str, pulumi.Input[str]] = MappingProxyType({}),
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
            config_vars={**_plain(section.config_vars), **config_vars},
            sensitive_config_vars={**_secret(section.config_vars), **secret_config_vars},
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=protect,
                # Heroku reserves the name until the old app is destroyed.
                delete_before_replace=True,
                ignore_changes=_unsaid(section),
            ),
        )
        self.id = self.app.id
        self.web_url = pulumi.Output.all(self.app.name, self.app.web_url).apply(
            lambda app: _web_url(*app)
        )
        self.git_url = pulumi.Output.all(self.app.name, self.app.git_url).apply(
            lambda app: _git_url(*app)
        )
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
        self.register_outputs({"name": self.app.name, "webUrl": self.web_url})


def _unsaid(section: environment.App) -> list[str]:
    """Return the properties that the file does not set, so that an existing app keeps them.

    Otherwise a default would replace an app in another region, upgrade its stack, or replace an
    app that was transferred to a team.  The file cannot set a Private Space.
    """
    said = section.model_fields_set
    properties = {"region": "region", "stack": "stack", "team": "organization"}
    return ["space", *(name for key, name in properties.items() if key not in said)]


def _web_url(name: str, web_url: str) -> str | Unknown:
    """Return the app's address, or an unknown value in a preview that renames the app.

    The published provider previews the address from before the rename.  The engine compares the
    outputs of components and stacks with the reviewed plan; an unknown value matches any value.
    https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/resource/deploy/plan.go
    """
    host = urlsplit(web_url).hostname or ""
    # https://devcenter.heroku.com/articles/app-names-and-subdomains
    current = re.fullmatch(rf"{re.escape(name)}(-[0-9a-z]{{12}})?\..+", host)
    if current or not pulumi.runtime.is_dry_run():
        return web_url
    return pulumi.UNKNOWN


def _git_url(name: str, git_url: str) -> str:
    """Return the address to push to, with the app's new name after a rename.

    Unlike in `_web_url`, the address follows from the name.
    """
    return f"{git_url.rpartition('/')[0]}/{name}.git"


def _plain(config_vars: environment.ConfigVars) -> dict[str, pulumi.Input[str]]:
    return {name: value for name, value in config_vars.items() if not isinstance(value, SecretStr)}


def _secret(config_vars: environment.ConfigVars) -> dict[str, pulumi.Input[str]]:
    """Return the secret config vars; {} if none, as None would leave the last one on Heroku."""
    return {
        name: as_input(value) for name, value in config_vars.items() if isinstance(value, SecretStr)
    }
