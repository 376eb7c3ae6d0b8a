"""The databases."""

from config import Environment
from dynostack.components import App, Postgres


def declare_postgres(environment: Environment, app: App) -> Postgres | None:
    """Declare the database that is attached as DATABASE_URL, and any additional databases."""
    if not environment.postgres:
        return None
    return Postgres("postgres", environment.postgres, app)
