"""An app whose database is moved, without an engine: a move's steps up to the site's answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from dynostack.databases import promotion
from dynostack.databases.move import Move, run
from dynostack.databases.record import MoveRecord, RecordFile, Side
from dynostack.databases.request import Project
from dynostack.engine.process import PulumiProcess
from dynostack.inventory.platform_api import PlatformApi
from dynostack.local.workspace import LocalWorkspace
from tests.e2e.rehearsal import PROJECT
from tests.localheroku.client import Api

ROWS = Path(__file__).with_name("rows.sql")
APP, READER = "shop", "reader"
ENGINE_STEPS = ("state", "file")
"""The steps that need an engine."""
QUERIES = (
    "SELECT * FROM store ORDER BY id",
    "SELECT id, store, bill, placed, price, note, tags::text FROM orders ORDER BY id",
    "SELECT * FROM takings ORDER BY store",
    "SELECT last_value, is_called FROM bills",
    "SELECT extname FROM pg_extension ORDER BY 1",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "SELECT conname FROM pg_constraint WHERE contype = 'f' ORDER BY 1",
    "SELECT is_identity FROM information_schema.columns WHERE column_name = 'id' ORDER BY 1",
)


@dataclass
class MoveWorld:
    """The app `shop` with a database that the app `reader` uses, too."""

    api: Api
    records: Path
    old: Side = field(default_factory=lambda: Side(name="", plan="essential-1", version="18"))
    said: list[str] = field(default_factory=list)
    before: list[Any] = field(default_factory=list)
    """The contents of the database before the move."""
    react: Callable[[str], None] = lambda _: None
    """Called with each line of progress, to do something at that moment."""

    async def create(self, count: int = 2000) -> None:
        await self.api.app(APP)
        await self.api.app(READER)
        config = {"version": self.old.version}
        addon = await self.api.addon(f"heroku-postgresql:{self.old.plan}", config=config)
        self.old = Side(
            name=addon["name"], plan=self.old.plan, version=self.old.version, addon=addon["id"]
        )
        for app, name in ((APP, "REPORTS"), (READER, "SHOP")):
            await self.api.post(
                "/addon-attachments", {"addon": addon["id"], "app": app, "name": name}
            )
        await self.api.build("web: serve\nworker: work\n")
        await self.api.patch(
            f"/apps/{APP}/formation", {"updates": [{"type": "worker", "quantity": 1}]}
        )
        await asyncio.to_thread(self.fill, count)
        self.before = await asyncio.to_thread(self.contents, self.old.addon)

    def fill(self, count: int) -> None:
        with psycopg.connect(self.url(self.old.addon)) as connection:
            connection.execute(ROWS.read_text().replace(":count", str(count)).encode())

    @property
    def platform(self) -> PlatformApi:
        return PlatformApi(self.api.url, self.api.key)

    @property
    def project(self) -> Project:
        workspace = LocalWorkspace.of(PROJECT)
        engine = PulumiProcess("pulumi", PROJECT, None, {})
        return Project(workspace, "staging", self.platform, engine, self.records)

    @property
    def file(self) -> RecordFile:
        return self.project.record_file("postgres")

    @property
    def new_addon(self) -> str:
        """Return the id of the new database's add-on."""
        record = self.file.read()
        assert record
        return record.new.addon

    def url(self, addon: str) -> str:
        found = promotion.url_of(self.platform, APP, addon)
        assert found
        return found

    def contents(self, addon: str) -> list[Any]:
        """Return what a program of the test's own finds in a database."""
        with psycopg.connect(self.url(addon)) as connection:
            return [connection.execute(query.encode()).fetchall() for query in QUERIES]

    def record(self, plan: str = "standard-0", version: str = "") -> MoveRecord:
        attachments = promotion.read_attachments(self.platform, self.old.addon, APP)
        return MoveRecord(
            stack="staging",
            resource="postgres",
            app=APP,
            old=self.old,
            new=Side(name=f"postgres-{plan}", plan=plan, version=version or self.old.version),
            attachments=attachments,
            done=ENGINE_STEPS,
        )

    def begun(self, record: MoveRecord | None = None) -> Move:
        return Move(self.project, self.file, record or self.file.read() or self.record(), self._say)

    def _say(self, line: str) -> None:
        self.said.append(line)
        self.react(line)

    async def move(self, record: MoveRecord | None = None) -> MoveRecord:
        """Move the database, or go on with the move that failed."""
        begun = await asyncio.to_thread(self.begun, record)
        await asyncio.to_thread(begun.keep)
        await asyncio.to_thread(run, begun)
        return begun.record

    async def live(self, app: str = APP) -> dict[str, str]:
        """Return the add-on of each attachment of an app that somebody named."""
        found = await self.api.get(f"/apps/{app}/addon-attachments")
        named = [each for each in found if not each["name"].startswith("HEROKU_")]
        return {each["name"]: each["addon"]["name"] for each in named}

    async def runs(self) -> tuple[bool, dict[str, int]]:
        """Return whether maintenance mode is on, and the formation."""
        app = await self.api.get(f"/apps/{APP}")
        formation = await self.api.get(f"/apps/{APP}/formation")
        return app["maintenance"], {each["type"]: each["quantity"] for each in formation}

    async def is_on(self, side: Side) -> None:
        """Check that both apps run as before, on this database, which has every row."""
        assert await self.live() == {"DATABASE": side.name, "REPORTS": side.name}
        assert await self.live(READER) == {"SHOP": side.name}
        assert await self.runs() == (False, {"web": 1, "worker": 1})
        assert await asyncio.to_thread(self.contents, side.addon) == self.before
        await asyncio.to_thread(self._writes, side.addon)

    def _writes(self, addon: str) -> None:
        with psycopg.connect(self.url(addon)) as connection:
            connection.execute("INSERT INTO store (name) VALUES ('written afterwards')")
            connection.rollback()
