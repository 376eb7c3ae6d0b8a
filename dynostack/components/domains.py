"""The app's host names."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumiverse_heroku as heroku

from dynostack.components.app import App


class Domains(pulumi.ComponentResource):
    """Each host name that is routed to the app; `targets` is where its DNS record points.

    Args:
        name: the name of the component in Pulumi.
        section: the host names; with keys of its own, a host name may be an output.
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
            # The file cannot name a certificate, so the domain keeps the one that it has.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["sniEndpointId"]),
        )
