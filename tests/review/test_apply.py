"""Exactly the reviewed plan is applied, or nothing, by the real engine on the local Heroku."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import pytest
import yaml

from dynostack.review.engine import Engine
from dynostack.review.redaction import Mask
from tests.review.world import ReviewWorld

pytestmark = [pytest.mark.e2e, pytest.mark.long]
COLLABORATORS = "POST /apps/{app}/collaborators"


def test_nothing_to_do(small: ReviewWorld) -> None:
    shown = small.review("--exit-code")
    assert (shown["changes"], shown["drift"], shown["findings"]) == ([], [], [])
    assert small.run("review", "small", "--exit-code").exit_code == 0
    done = small.run("apply", "small", "--reviewed", shown["digest"])
    assert done.exit_code == 0
    assert "nothing to do" in done.output


def test_the_same_change_has_the_same_digest(small: ReviewWorld) -> None:
    unchanged = small.digest()
    small.edit("essential-0", "essential-1")
    first, second = small.digest(), small.digest()
    assert first == second != unchanged
    small.edit("essential-1", "essential-2")
    assert small.digest() not in (unchanged, first)


def test_what_was_reviewed_is_applied(small: ReviewWorld) -> None:
    small.edit("dev@acme.example", "design@acme.example")
    digest = small.digest()
    assert small.run("review", "small", "--exit-code").exit_code == 2
    done = small.run("apply", "small", "--reviewed", digest)
    assert done.exit_code == 0, done.output
    people = small.heroku("GET", "/apps/acme-small/collaborators")
    assert "design@acme.example" in {each["user"]["email"] for each in people}
    assert "dev@acme.example" not in {each["user"]["email"] for each in people}


def test_a_warning_of_the_file_is_printed_once(small: ReviewWorld) -> None:
    small.set("app", {"name": small.app, "configVars": {"GREETING": "a", "OTHER": "${GREETING}"}})
    done = small.apply()
    assert done.exit_code == 0, done.output
    assert done.output.count("DS126  warning") == 1, done.output
    assert done.output.count("= write the value itself") == 1, done.output


def test_a_file_edited_after_the_review_is_refused(small: ReviewWorld) -> None:
    small.edit("essential-0", "essential-1")
    digest, before = small.digest(), small.on_heroku
    small.edit("essential-1", "essential-2")
    done = small.run("apply", "small", "--reviewed", digest)
    assert done.exit_code == 3
    assert (
        "-      plan: heroku-postgresql:essential-0 -> heroku-postgresql:essential-1" in done.output
    )
    assert (
        "+      plan: heroku-postgresql:essential-0 -> heroku-postgresql:essential-2" in done.output
    )
    assert small.on_heroku == before


def test_a_secret_edited_after_the_review_is_refused(small: ReviewWorld) -> None:
    _encrypt(small, "planted-secret-1")
    digest, before = small.digest(), small.on_heroku
    _encrypt(small, "planted-secret-2")
    done = small.run("apply", "small", "--reviewed", digest)
    assert done.exit_code == 3
    assert "the visible values are the same" in done.output
    assert "planted-secret" not in done.output
    assert small.on_heroku == before


def _encrypt(small: ReviewWorld, value: str) -> None:
    words = ("config", "set", "-s", "small", "--secret", "--path", "shop:app.configVars.API_TOKEN")
    done = small.rehearsal.pulumi(*words, value)
    assert done.exit_code == 0, done.output


def test_drift_after_the_review_is_refused(small: ReviewWorld) -> None:
    small.edit("essential-0", "essential-1")
    digest = small.digest()
    changed = {"GREETING": "changed-by-hand"}
    small.heroku("PATCH", "/apps/acme-small/config-vars", changed)
    before = small.on_heroku
    done = small.run("apply", "small", "--reviewed", digest)
    assert done.exit_code == 3
    assert "changed outside" in done.output
    assert "planted-plain-config-var -> changed-by-hand" in done.output
    assert small.on_heroku == before


def test_an_unknown_digest_is_refused_with_what_would_be_done(small: ReviewWorld) -> None:
    small.edit("essential-0", "essential-1")
    before = small.on_heroku
    done = small.run("apply", "small", "--reviewed", "0" * 64)
    assert done.exit_code == 3
    assert "plan: heroku-postgresql:essential-0 -> heroku-postgresql:essential-1" in done.output
    assert small.on_heroku == before


def test_the_engine_itself_holds_to_the_plan(small: ReviewWorld) -> None:
    """The engine refuses a change between the second preview and the update."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in small.rehearsal.world.variables().items():
            patch.setenv(name, value)
        engine = Engine(small.rehearsal.world, "small")
        before, lines = small.on_heroku, list[str]()
        with engine.preview(lines.append) as running:
            planned = running.planned(lines.append)
            small.edit("plan: dev", 'plan: "100"')
            assert engine.up(planned, "a message", Mask(()), lines.append) != 0
    assert "violates plan" in "\n".join(lines)
    assert small.on_heroku == before


def test_a_preview_in_a_file_is_reviewed_without_an_engine(small: ReviewWorld) -> None:
    small.edit("essential-0", "essential-1")
    folder = small.rehearsal.directory
    for variable in ("", "true"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PULUMI_ENABLE_STREAMING_JSON_PREVIEW", variable)
            preview = small.rehearsal.pulumi("preview", "-s", "small", "--json")
        (folder / "preview.json").write_text(preview.output)
        shown = small.review("--from", "preview.json")
        assert shown["digest"] == ""
        told = {each["resource"]["name"]: each["operation"] for each in shown["changes"]}
        assert told["postgres"] == "update"
    other = small.run("review", "prod", "--from", "preview.json")
    assert other.exit_code == 1
    assert (
        other.output
        == "preview.json is a preview of small, not of prod; choose a preview of prod\n"
    )


def test_a_stack_that_does_not_exist(small: ReviewWorld) -> None:
    done = small.run("review", "nowhere")
    assert done.exit_code not in (0, 2, 3)
    assert "the Pulumi backend has no stack nowhere yet" in done.output
    assert "on Heroku: pulumi stack init nowhere --no-select\n" in done.output
    assert "Traceback" not in done.output


def test_a_shell_without_a_backend_gets_the_command_for_one(
    small: ReviewWorld, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    done = small.rehearsal.dynostack("review", "small")
    assert done.exit_code != 0
    assert 'for the local environment run eval "$(dynostack env)"' in done.output


def test_an_interrupted_apply_can_be_continued(small: ReviewWorld) -> None:
    crowd = [f"person{number:02}@acme.example" for number in range(40)]
    environment = yaml.safe_load(small.file.read_text())
    environment["config"]["shop:collaborators"] += [{"email": email} for email in crowd]
    small.write(environment)
    digest = small.digest()
    with small.slow(COLLABORATORS):
        process = small.started("apply", "small", "--reviewed", digest)
        assert process.stderr is not None
        for line in process.stderr:
            if "created" in line:
                process.send_signal(signal.SIGINT)
                break
        told = process.stderr.read()
        process.stderr.close()
        assert process.wait() == 130
    assert "interrupted" in told
    again = small.review()
    left = {each["resource"]["name"] for each in again["changes"]} & {*crowd}
    assert len(left) == 40 - _how_many(small, crowd)
    done = small.run("apply", "small", "--reviewed", again["digest"])
    assert done.exit_code == 0, done.output
    assert _how_many(small, crowd) == 40


def _how_many(small: ReviewWorld, crowd: list[str]) -> int:
    people = small.heroku("GET", "/apps/acme-small/collaborators")
    return len(set(crowd) & {each["user"]["email"] for each in people})


def test_a_killed_engine_leaves_its_lock(small: ReviewWorld) -> None:
    crowd = [f"visitor{number:02}@acme.example" for number in range(40)]
    environment = yaml.safe_load(small.file.read_text())
    environment["config"]["shop:collaborators"] += [{"email": email} for email in crowd]
    small.write(environment)
    digest = small.digest()
    with small.slow(COLLABORATORS):
        process = small.started("apply", "small", "--reviewed", digest)
        assert process.stderr is not None
        for line in process.stderr:
            if " created" in line:
                engines = psutil.Process(process.pid).children()
                engine = next(each for each in engines if each.name() == "pulumi")
                engine.suspend()
                another = small.run("up", "--stack", "small")
                engine.kill()
                break
        process.stderr.read()
        process.stderr.close()
        assert process.wait() == 1
    assert another.exit_code == 1
    assert "an update of stack small has been running since 2" in another.output
    assert "= wait until the update ends, then run the same command again" in another.output
    attributes = small.rehearsal.state_file("small").with_suffix(".json.attrs")
    for command in (
        ["review", "small"],
        ["apply", "small", "--reviewed", digest],
        ["up", "--stack", "small"],
    ):
        # A kill between creating and writing the files leaves them like this.
        attributes.write_text("")
        done = small.run(*command)
        assert "stack small has been locked since 2" in done.output
        assert "= run dynostack recover small;" in done.output
        assert (done.exit_code == 1) is (command[0] != "review"), done.output
    done = small.run("recover", "small", "--yes")
    assert done.exit_code == 0, done.output
    assert "locked" not in small.run("review", "small").output
