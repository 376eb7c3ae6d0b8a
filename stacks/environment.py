"""Everything that an environment declares.  Other Pulumi resources can be declared here too."""

import pulumi

from config import Environment
from dynostack.components import attach
from stacks.addons import declare_addons
from stacks.app import declare_app
from stacks.collaborators import declare_collaborators
from stacks.domains import declare_domains
from stacks.drains import declare_drains
from stacks.memcached import declare_memcached
from stacks.pipeline import declare_pipeline
from stacks.postgres import declare_postgres
from stacks.processes import declare_processes


def declare(environment: Environment) -> None:
    """Declare an environment, and export names and addresses as stack outputs."""
    app = declare_app(environment)
    declared = (
        declare_postgres(environment, app),
        declare_memcached(environment, app),
        declare_addons(environment, app),
    )
    services = [service for service in declared if service]
    # A build waits for the config vars of the add-ons, such as DATABASE_URL.
    declare_processes(environment, app, after=[*services, *attach(app, services)])
    declare_collaborators(environment, app)
    declare_domains(environment, app)
    declare_drains(environment, app)
    declare_pipeline(environment, app)

    addons = {key: addon for service in services for key, addon in service.addons.items()}
    pulumi.export("appName", app.app.name)
    pulumi.export("webUrl", app.web_url)
    pulumi.export("gitUrl", app.git_url)
    pulumi.export("addons", {key: addon.name for key, addon in addons.items()})
    pulumi.export("addonConfigVars", {key: addon.config_vars for key, addon in addons.items()})
