"""The input of a move: the database that the file asks for, and the one on Heroku."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dynostack.databases.errors import MoveRefused
from dynostack.databases.record import MoveRecord, RecordFile, Side
from dynostack.databases.stack_file import StackFile, declared
from dynostack.databases.stack_state import DatabaseState, read_state
from dynostack.engine.generated_names import generated_name
from dynostack.engine.process import PulumiProcess
from dynostack.environment import Database, Environment
from dynostack.environment.command_line import stack_command
from dynostack.environment.database_moves import DatabaseMove, PlanAndVersion, key_of, needed_move
from dynostack.inventory import account
from dynostack.inventory.databases import DatabaseDetails, read_database
from dynostack.inventory.platform_api import PlatformApi
from dynostack.local.workspace import LocalWorkspace


@dataclass(frozen=True)
class Project:
    """One stack of a project, with this shell's Heroku and Pulumi backend."""

    workspace: LocalWorkspace
    stack: str
    api: PlatformApi
    runner: PulumiProcess
    records: Path
    """The folder for the records of moves."""

    @classmethod
    def of_shell(
        cls, workspace: LocalWorkspace, stack: str, records: Path | None = None
    ) -> Project:
        """Return a stack, using this shell's environment variables.

        Args:
            workspace: the project.
            stack: the stack's name.
            records: the folder for the records of moves; by default, each Heroku has its own.

        Raises:
            MoveRefused: there is no API key.
            EngineFailed: there is no `pulumi`.
        """
        api = PlatformApi.of_environment(os.environ)
        if api is None:
            raise MoveRefused(
                "there is no API key: set HEROKU_API_KEY or run heroku login; for the local"
                ' environment run eval "$(dynostack env)"'
            )
        host = urlsplit(api.url).netloc.replace(":", "-")
        folder = records or workspace.root / "moves" / host
        return cls(workspace, stack, api, PulumiProcess.of_shell(workspace), folder)

    @property
    def file(self) -> StackFile:
        """Return the stack's file."""
        return StackFile(self.workspace.project, self.stack)

    def record_file(self, resource: str) -> RecordFile:
        """Return the file with the record of a database's last move on this Heroku."""
        self.workspace.root.mkdir(mode=0o700, exist_ok=True)
        return RecordFile(self.records, self.stack, resource)

    def checked_environment(self) -> Environment:
        """Return the stack's environment after checking that the API key belongs to its account.

        Raises:
            MoveRefused: the file has errors, or the key belongs to another account.
        """
        environment = self.file.environment()
        if environment.account and (
            refusal := account.refusal(self.stack, environment.account, os.environ)
        ):
            raise MoveRefused(refusal)
        return environment

    def state(self) -> DatabaseState:
        """Return the stack's state.

        Raises:
            MoveRefused: an engine is running, or one was killed.
            EngineFailed: the state cannot be read.
        """
        return read_state(self.runner, self.stack)


@dataclass(frozen=True)
class Asked:
    """The move that a file asks for, with details of the existing database."""

    record: MoveRecord
    details: DatabaseDetails
    state: DatabaseState
    """The stack's state, from which the existing database was read."""

    @property
    def change(self) -> DatabaseMove | None:
        """Return the change that needs a move; None if none does."""
        old, new = self.record.old, self.record.new
        return needed_move(
            PlanAndVersion(old.plan, old.version), PlanAndVersion(new.plan, new.version)
        )


def read_request(project: Project, resource: str, environment: Environment) -> Asked:
    """Compare a database in the file with the one on Heroku.

    Raises:
        MoveRefused: the file or the state has no such database.
        ApiError: Heroku does not answer.
    """
    section = declared(environment, resource)
    if section is None:
        where = f"postgres.databases.{key_of(resource)}" if key_of(resource) else "postgres"
        raise MoveRefused(
            f"{project.file.name} has no section {where}; check the names of the stack and the"
            " database"
        )
    state = project.state()
    existing = state.database(resource)
    if existing is None:
        raise MoveRefused(
            f"stack {project.stack} has no database {resource} yet; to create it, run"
            f" {stack_command('dynostack review', project.stack)}, then dynostack apply"
        )
    record, details = _compared(project, resource, section, str(existing["id"]))
    return Asked(record, details, state)


def _compared(
    project: Project, resource: str, section: Database, addon: str
) -> tuple[MoveRecord, DatabaseDetails]:
    found = project.api.get(f"/addons/{addon}")
    details = read_database(project.api, addon)
    plan = str(found["plan"]["name"]).partition(":")[2]
    old = Side(name=found["name"], plan=plan, version=details.version, addon=addon)
    # The default version is for new databases: change it only if the file names a version.
    wished = section.version if "version" in section.model_fields_set else details.version
    other = section.name if section.name and section.name != old.name else ""
    new = Side(name=other or generated_name(resource), plan=section.plan, version=wished)
    record = MoveRecord(
        stack=project.stack, resource=resource, app=found["app"]["name"], old=old, new=new
    )
    return record, details
