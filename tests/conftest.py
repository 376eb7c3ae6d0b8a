"""Hooks and fixtures for all tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from tests.ports import free_port

if TYPE_CHECKING:
    from tests.ledger.recording import Seen

NO_SKIPS = "DYNOSTACK_NO_SKIPS"
"""Set by .ci/run, whose machine has every program: a skip there hides an error."""

PARTS = ("not long", "long")
"""The selections of `make test` and `make long`, which together are all tests."""

RENEW_LEDGER = "DYNOSTACK_RENEW_LEDGER"
"""Set this variable to write the calls of this run into the local Heroku's ledger."""

# Builds use the Pythons of this machine: an app that requests another one gets the nearest.
os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
# The same for Node.js.
os.environ.setdefault("NODEJS_ORG_MIRROR", "")

ONE_WORLD = "tests/e2e"
"""The tests of this folder share one local environment, in the order of their files."""

# A shell's background jobs ignore interrupts; the processes that tests start must not inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.fixture
def unused_tcp_port() -> int:
    """Return a port as pytest-asyncio does, but reserve it for the whole run."""
    return free_port()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _skip_is_failure((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _skip_is_failure((yield))


def _skip_is_failure(report: Report) -> Report:
    if os.environ.get(NO_SKIPS) and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"a skip is a failure under {NO_SKIPS}: {report.longreprtext}"
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Start the tests marked e2e first if several processes share the tests."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("e2e") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Assign whole files, or the shared environment's tests, to one process."""
    from xdist.scheduler import LoadScopeScheduling

    class Files(LoadScopeScheduling):  # type: ignore[misc] # it has no types
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return ONE_WORLD if file.startswith(f"{ONE_WORLD}/") else file

    return Files(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """After all tests, check that the local Heroku's ledger matches the calls that they made.

    The tests may run in two parts, `make test` and `make long`; the later one compares the calls
    of both.
    """
    config = session.config
    if hasattr(config, "workerinput") or config.args != ["tests"] or config.option.collectonly:
        return
    from tests.ledger import recording

    calls = recording.seen(config._tmp_path_factory.getbasetemp())  # type: ignore[attr-defined] # noqa: SLF001
    if config.option.markexpr and not (calls := _calls_of_both_parts(config, calls)):
        return
    if os.environ.get(RENEW_LEDGER):
        recording.record(calls)
    elif not session.testsfailed and (missing := recording.lost(calls)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        lines = "\n".join(missing)
        config.get_terminal_writer().write(f"\nThe ledger names calls no test makes:\n{lines}\n")


def _calls_of_both_parts(config: pytest.Config, calls: Seen) -> Seen:
    """Keep the calls of one part, and return those of both; none if only one has run yet."""
    from tests.ledger import recording

    if config.cache is None or config.option.markexpr not in PARTS:
        return {}
    config.cache.set(f"ledger/{config.option.markexpr}", calls)
    kept = [config.cache.get(f"ledger/{part}", None) for part in PARTS]
    return {} if None in kept else recording.merged(*kept)
