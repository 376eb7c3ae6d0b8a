"""Records of a pipeline's test runs.

https://devcenter.heroku.com/articles/heroku-ci
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from localheroku.api.account import models as accounts
from localheroku.api.pipelines.models import Pipeline
from localheroku.api.pipelines.test_runs.errors import StatusError, TestRunNotFoundError
from localheroku.api.teams import models as teams
from localheroku.core import redaction
from localheroku.core.record import Record
from localheroku.core.state import Document, State

ONGOING = ("pending", "creating", "building", "running", "debugging")
ENDED = ("cancelled", "succeeded", "failed", "errored")
STATUSES = (*ONGOING, *ENDED)
INTERRUPTED = "The test run was interrupted. Run it again."
# https://testanything.org/tap-specification.html
TAP_LINE = re.compile(
    r"^(?P<not>not )?ok\b ?(?P<number>\d+)?(?: - | )?(?P<words>[^#\n]*)(?:# ?(?P<directive>.*))?$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class NewTestRun:
    branch: str
    sha: str
    commit_message: str
    source: str
    team: str | None = None
    debug: bool = False


@dataclass(frozen=True, kw_only=True)
class TestRun(Record):
    """A test run of a pipeline (the parent record).

    `setup` and `output` are the keys of the output of its test node.
    """

    __test__ = False

    number: int
    user_id: str
    branch: str
    sha: str
    commit_message: str
    source: str
    team_id: str | None
    debug: bool
    setup: str
    output: str
    status: str = "pending"
    message: str | None = None
    exit_code: int | None = None
    app_id: str | None = None


def of_pipeline(state: State, pipeline: Pipeline) -> list[TestRun]:
    return state.store.every(TestRun, parent=pipeline.id)


def find(state: State, identity: str) -> TestRun:
    """Return the test run with an id.

    Raises:
        TestRunNotFoundError: There is no such test run.
    """
    run = state.store.find(TestRun, identity)
    if run is None:
        raise TestRunNotFoundError
    return run


def find_numbered(state: State, pipeline: Pipeline, number: str) -> TestRun:
    """Return the pipeline's test run with a number.

    Raises:
        TestRunNotFoundError: The pipeline has no such test run.
    """
    for run in of_pipeline(state, pipeline):
        if str(run.number) == number:
            return run
    raise TestRunNotFoundError


def add(state: State, pipeline: Pipeline, new: NewTestRun) -> TestRun:
    last = next(state.store.newest(TestRun, parent=pipeline.id), None)
    return state.store.put(
        TestRun(
            **state.stamp(),
            parent=pipeline.id,
            number=last.number + 1 if last else 1,
            user_id=accounts.current(state).id,
            branch=new.branch,
            sha=new.sha,
            commit_message=new.commit_message,
            source=new.source,
            team_id=teams.find(state, new.team).id if new.team else None,
            debug=new.debug,
            setup=state.outputs.create(),
            output=state.outputs.create(),
        )
    )


def is_ongoing(state: State, run: TestRun) -> bool:
    """Return whether the test run has not ended and its pipeline exists."""
    present = state.store.find(TestRun, run.id)
    return present is not None and present.status in ONGOING


def check_status(status: str) -> None:
    if status not in STATUSES:
        raise StatusError(status=status, known=", ".join(STATUSES))


def document(state: State, run: TestRun, *, with_source: bool) -> Document:
    """Return the test run as the API shows it.

    The URL of the source gives access to the code; without `with_source`, show only its host.
    """
    user = accounts.find(state, run.user_id)
    team = teams.find(state, run.team_id) if run.team_id else None
    return {
        "id": run.id,
        "number": run.number,
        "pipeline": {"id": run.parent},
        "status": run.status,
        "message": run.message,
        "warning_message": None,
        "actor_email": user.email,
        "user": accounts.document(user),
        "organization": {"name": team.name} if team else None,
        "commit_branch": run.branch,
        "commit_sha": run.sha,
        "commit_message": run.commit_message,
        "source_blob_url": run.source if with_source else redaction.redact_url(run.source),
        "debug": run.debug,
        "clear_cache": None,
        "app_setup": None,
        "dyno": None,
        "created_at": run.created_at,
        "updated_at": run.updated_at,
    }


def node_document(run: TestRun, secure_address: str) -> Document:
    """Return the only node of the run, because all of its tests run in one dyno.

    The Heroku CLI reads the output of the node over HTTPS only.
    """
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{run.id}/node")),
        "index": 0,
        "pipeline": {"id": run.parent},
        "test_run": {"id": run.id},
        "dyno": None,
        "status": run.status,
        "error_status": run.status if run.status == "errored" else None,
        "exit_code": run.exit_code,
        "message": run.message,
        "setup_stream_url": f"{secure_address}/streams/output?key={run.setup}",
        "output_stream_url": f"{secure_address}/streams/output?key={run.output}",
        "created_at": run.created_at,
        "updated_at": run.updated_at,
    }


def case_documents(run: TestRun, output: str) -> list[Document]:
    """Return the test cases in the output, if it follows the Test Anything Protocol."""
    return [
        {
            "id": str(uuid5(NAMESPACE_URL, f"{run.id}/case/{place}")),
            "number": int(found["number"] or place),
            "description": found["words"].strip(),
            "directive": (found["directive"] or "").strip(),
            "diagnostic": "",
            "passed": not found["not"],
            "test_node": {"id": str(uuid5(NAMESPACE_URL, f"{run.id}/node"))},
            "test_run": {"id": run.id},
            "created_at": run.created_at,
            "updated_at": run.updated_at,
        }
        for place, found in enumerate(TAP_LINE.finditer(output), start=1)
    ]
