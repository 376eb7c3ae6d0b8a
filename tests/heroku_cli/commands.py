"""The commands of the Heroku CLI that the local Heroku supports, and where each of them runs.

`releases:output` covers the output of builds; `logs` runs with and without `--tail`.
"""

PROMISED = (
    *("apps", "apps:create", "apps:info", "apps:rename", "apps:destroy"),
    *("addons", "addons:create", "addons:info", "addons:plans", "addons:services"),
    *("addons:attach", "addons:detach", "addons:upgrade", "addons:downgrade"),
    *("addons:rename", "addons:destroy", "addons:wait"),
    *("config", "config:set", "config:get", "config:unset"),
    *("access", "access:add", "access:update", "access:remove"),
    *("members", "members:add", "members:set", "members:remove", "teams"),
    *("ps", "ps:scale", "ps:type", "ps:restart", "ps:stop"),
    *("releases", "releases:info", "releases:rollback", "releases:output"),
    *("domains:add", "domains:remove", "domains:wait", "drains", "drains:add", "drains:remove"),
    *("features", "labs", "labs:enable", "labs:disable"),
    *("pipelines:create", "pipelines:add", "pipelines:info", "pipelines:promote"),
    *("pipelines:diff", "reviewapps:enable", "reviewapps:disable", "reviewapps:create"),
    *("webhooks", "webhooks:add", "webhooks:info", "webhooks:update", "webhooks:remove"),
    *("maintenance", "maintenance:on", "maintenance:off", "stack", "stack:set"),
    *("buildpacks", "buildpacks:add", "buildpacks:set", "buildpacks:remove", "buildpacks:clear"),
    *("buildpacks:info", "buildpacks:search", "buildpacks:versions"),
    *("logs", "logs --tail", "auth:whoami"),
    *("authorizations", "authorizations:create", "authorizations:info", "authorizations:revoke"),
    *("spaces", "pg:info", "pg:psql", "pg:credentials:url", "pg:backups", "pg:backups:capture"),
    *("pg:backups:download", "pg:reset", "pg:promote", "pg:wait", "git:remote"),
    *("redis:info", "redis:credentials", "redis:maxmemory", "redis:timeout", "redis:wait"),
    *("redis:keyspace-notifications", "redis:stats-reset", "redis:promote", "redis:cli"),
)

NEVER_SERVED = {"pipelines:diff": "Differences of a pipeline's apps"}
"""The commands that can only fail here, with their entries in `differences.toml`."""
