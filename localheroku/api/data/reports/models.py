"""Diagnoses of databases, stored for a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from localheroku.api.addons.attachments import models as attachments
from localheroku.api.addons.attachments.records import Addon
from localheroku.api.apps.models import App
from localheroku.api.data.databases import models as databases
from localheroku.api.data.reports.checks import CHECKS, GREEN, DiagnosticCheck
from localheroku.api.data.reports.errors import NoDatabaseError, ReportNotFoundError
from localheroku.core.record import Record
from localheroku.core.state import Document, State

LIFETIME = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Report(Record):
    """A diagnosis of a database. The parent record is the add-on."""

    app_id: str
    app: str
    database: str
    checks: list[Document]


async def create(state: State, app: App, database: str, url: str) -> Report:
    """Diagnose the app's database with a URL.

    Raises:
        NoDatabaseError: The app has no database with this URL.
    """
    addon = _addon(state, app, url)
    with databases.failing(addon):
        checks = [await _result(state, addon, check) for check in CHECKS]
    return state.store.put(
        Report(
            **state.stamp(),
            parent=addon.id,
            app_id=app.id,
            app=app.name,
            database=database,
            checks=checks,
        )
    )


def find(state: State, identity: str) -> Report:
    """Return the report with an id.

    Raises:
        ReportNotFoundError: There is no such report, or it has expired.
    """
    report = state.store.find(Report, identity)
    if report is None:
        raise ReportNotFoundError
    if datetime.fromisoformat(report.created_at) < state.clock() - LIFETIME:
        state.store.remove(report)
        raise ReportNotFoundError
    return report


def document(report: Report) -> Document:
    return {
        "id": report.id,
        "app": report.app,
        "database": report.database,
        "created_at": report.created_at,
        "checks": report.checks,
    }


async def _result(state: State, addon: Addon, check: DiagnosticCheck) -> Document:
    rows = await state.backends.databases.query(addon.id, check.statement)
    return {"name": check.name, "status": check.severity if rows else GREEN, "results": rows}


def _addon(state: State, app: App, url: str) -> Addon:
    for attachment in attachments.of_app(state, app):
        addon = attachments.addon_of(state, attachment)
        if url in addon.values.values():
            return databases.find(state, addon.id)
    raise NoDatabaseError(app=app.name)
