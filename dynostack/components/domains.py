"""The app's host names."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumiverse_heroku as heroku

from dynostack.components.app import App


class Domains(pulumi.ComponentResource):
    """The host names that are routed to the app; DNS records point to `targets`.

    Args:
        name: the name of the component in Pulumi.
        section: the host names; with a mapping, host names may be outputs.
        app: the app.
    """

    def __init__(
        self, name: str, section: Sequence[str] | Mapping[str, pulumi.Input[str]], app: App
    ) -> None:
        super().__init__("dynostack:heroku:Domains", name, opts=pulumi.ResourceOptions(parent=app))
        hostnames = section if isinstance(section, Mapping) else {each: each for each in section}
        self.targets = {
            key: self._domain(key, hostname, app).cname for key, hostname in hostnames.items()
        }
        self.register_outputs({"targets": self.targets})

    def _domain(self, key: str, hostname: pulumi.Input[str], app: App) -> heroku.domain.Domain:
        return heroku.domain.Domain(
            key,
            app_id=app.id,
            hostname=hostname,
            # The file cannot set a certificate, so the domain keeps its certificate.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["sniEndpointId"]),
        )
