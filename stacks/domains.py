"""The app's host names."""

from collections.abc import Sequence

import pulumi
import pulumiverse_heroku as heroku

from stacks.app import App


class Domains(pulumi.ComponentResource):
    """Each host name that is routed to the app; `targets` is where its DNS record points."""

    def __init__(self, name: str, section: Sequence[str], app: App) -> None:
        super().__init__("dynostack:heroku:Domains", name, opts=pulumi.ResourceOptions(parent=app))
        self.targets = {hostname: self._domain(hostname, app).cname for hostname in section}
        self.register_outputs({"targets": self.targets})

    def _domain(self, hostname: str, app: App) -> heroku.domain.Domain:
        return heroku.domain.Domain(
            hostname,
            app_id=app.id,
            hostname=hostname,
            # The file cannot name a certificate, so the domain keeps the one that it has.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["sniEndpointId"]),
        )
