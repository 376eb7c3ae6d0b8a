"""The advice of a review, followed to the letter on the local Heroku, does what it says.

The last test collects the advice of all rules in their cases, and fails for advice that no test
follows.
"""

from __future__ import annotations

import copy
import json
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from dynostack.cli.commands import commands
from dynostack.review.render import json as as_json
from dynostack.review.render import markdown
from tests.e2e.rehearsal import Rehearsal
from tests.heroku_cli.on_path import programs
from tests.localheroku.databases import contents
from tests.review import test_databases
from tests.review.following import OTHER, SCENARIOS, Finding, Follower, keeps, promised
from tests.review.prices import prices
from tests.review.rule_cases import CASES
from tests.review.steps import reviewed
from tests.review.world import ReviewWorld

pytestmark = pytest.mark.e2e

ENVIRONMENT = """
config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-store
    region: us
    team: acme
    stack: heroku-24
  shop:postgres:
    plan: standard-0
    version: "17"
    protect: false
    databases:
      next:
        plan: standard-0
        protect: false
      spare:
        plan: standard-0
        protect: false
  shop:collaborators:
    - email: lead@acme.example
      permissions: [view, deploy, operate, manage]
    - email: dev@acme.example
      permissions: [view, deploy]
"""
RISKY = """
config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-store
    region: us
    team: acme
    stack: heroku-22
  shop:review:
    monthlyLimit: 10
  shop:formation:
    web:
      size: eco
      quantity: 1
  shop:postgres:
    plan: essential-0
    version: "17"
    protect: true
    databases:
      next:
        plan: standard-0
        protect: true
      spare:
        plan: standard-0
        protect: true
      reports:
        plan: essential-0
        protect: false
  shop:memcached:
    service: memcachier
    plan: "100"
  shop:addons:
    errors: {plan: "acme-errors:small", unlisted: true}
  shop:collaborators:
    - email: lead@acme.example
      permissions: [view, deploy]
    - email: dev@acme.example
      permissions: [view, deploy, operate]
  shop:pipeline:
    create: true
    name: store
    stage: production
"""
STACK, APP, HOST = "store", "acme-store", "www.store.example"
BASE, SITE = "base", Path(__file__).parent / "site"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReviewWorld]:
    """Yield a team's app with three databases, with the Heroku CLI and `dynostack` on PATH."""
    folder = tmp_path_factory.mktemp("advice")
    rehearsal = Rehearsal(folder / "shop", warm=True)
    rehearsal.programs = programs(folder)
    world = ReviewWorld(rehearsal, STACK)
    shutil.copytree(SITE, rehearsal.directory / SITE.name)
    world.write(yaml.safe_load(ENVIRONMENT))
    for command in ("toolchain", "local start"):
        assert rehearsal.dynostack(*command.split()).exit_code == 0, rehearsal.transcript
    assert rehearsal.pulumi("stack", "init", STACK, "--no-select").exit_code == 0
    world.up()
    world.snapshot(BASE)
    yield world
    rehearsal.end()


def found(review: Mapping[str, Any]) -> dict[str, Finding]:
    """Return the first finding of each rule."""
    return {each["id"]: each for each in reversed(review["findings"])}


@keeps(
    *("DR104 plan:", "DR107 protect:", "DR115 heroku pg:info"),
    *("DR117 value", "DR201 value", "DR202 value", "DR301 value", "DR302 value", "DR401 value"),
    *("DR501 value", "DR502 dynostack catalogue"),
)
def what_is_written_as_advised_is_not_found_again(follow: Follower) -> None:
    store = follow.world
    store.write(yaml.safe_load(RISKY))
    review = store.review()
    risky = found(review)
    lines = {"DR104": "plan:", "DR107": "protect:"}
    lines |= dict.fromkeys(("DR301", "DR302", "DR401"), OTHER)
    for each in review["findings"]:
        if kind := lines.get(each["id"]):
            follow.write(each, kind)
    info = follow.run(risky["DR115"], "heroku pg:info")
    assert re.search(r"Plan: +Standard 0", info.output)
    (manage,) = follow.codes(risky["DR202"], OTHER)
    environment = yaml.safe_load(store.file.read_text())
    source, app = follow.codes(risky["DR117"], OTHER)[:2]
    environment["config"][f"shop:{app}"][source] = "site"
    people = environment["config"]["shop:collaborators"]
    people[1]["permissions"] = follow.codes(risky["DR201"], OTHER)
    people.append({"email": "second@acme.example", "permissions": ["view", manage]})
    (limit,) = follow.codes(risky["DR501"], OTHER)
    section, _, key = limit.partition(".")
    environment["config"][f"shop:{section}"][key] = 1000
    store.write(environment)
    by_price = {
        each["text"][1]["code"]: each for each in review["findings"] if each["id"] == "DR502"
    }
    with pytest.MonkeyPatch.context() as patch:
        # Do not update the catalogue of this checkout.
        patch.setenv("DYNOSTACK_CATALOGUE", str(store.rehearsal.directory / "catalogue"))
        look_up_prices(follow, by_price["memcachier:100"])
        left = store.review()["findings"]
    assert {each["id"] for each in left} == {"DR201", "DR502"}
    told = {each["text"][0 if each["id"] == "DR201" else 1]["code"] for each in left}
    assert told == {"second@acme.example", "acme-errors:small"}


def look_up_prices(follow: Follower, finding: Finding) -> None:
    """Run the printed command with a stand-in for the real Heroku that has all prices."""
    world = follow.world.rehearsal.world
    (command,) = follow.codes(finding, "dynostack catalogue")
    with prices(world.heroku.port) as address:
        key = world.api_key_file.read_text()
        done = follow.outside(command, HEROKU_API_URL=address, HEROKU_API_KEY=key)
    assert "memcachier-plan 100: monthly_cents unknown -> 1500" in done.output


@keeps(
    *("DR100 heroku pg:backups:capture", "DR100 heroku pg:backups:download"),
    *("DR101 heroku pg:backups:capture", "DR101 heroku pg:backups:download"),
    *("DR100 --allow-live-loss", "DR101 --allow-data-loss"),
    *("DR111 heroku pg:promote", "DR701 heroku domains:info", "DR701 heroku certs:auto:enable"),
)
def databases_are_given_up_after_a_backup(follow: Follower) -> None:
    store = follow.world
    store.promote("postgres-next")
    for name in ("postgres-next", "postgres-spare"):
        store.sql(name, f"CREATE TABLE of_{name[9:]} AS SELECT 1 AS number")
    environment = yaml.safe_load(ENVIRONMENT)
    del environment["config"]["shop:postgres"]["databases"]
    environment["config"]["shop:domains"] = [HOST]
    store.write(environment)
    review = store.review()
    findings = found(review)
    options = []
    backup = ("heroku pg:backups:capture", "heroku pg:backups:download")
    for identity, option, dump, table in (
        ("DR100", "--allow-live-loss", "latest.dump", "of_next"),
        ("DR101", "--allow-data-loss", "latest.dump.1", "of_spare"),
    ):
        follow.run(findings[identity], *backup)
        assert f"TABLE DATA public {table} " in contents(store.rehearsal.directory / dump)
        options += follow.codes(findings[identity], option)
    follow.shell(" ".join([printed_apply(review), *options]))
    assert [each["name"] for each in store.heroku("GET", f"/apps/{APP}/addons")] == [
        store.name_of("postgres")
    ]
    told = follow.run(findings["DR701"], "heroku domains:info").output
    (domain,) = (each for each in store.heroku("GET", f"/apps/{APP}/domains") if each["cname"])
    assert (domain["hostname"], domain["cname"] in told) == (HOST, True)
    follow.run(findings["DR701"], "heroku certs:auto:enable")
    assert store.heroku("GET", f"/apps/{APP}")["acm"]
    (left,) = store.review()["findings"]
    follow.run(left, "heroku pg:promote")
    assert "DATABASE_URL" in store.heroku("GET", f"/apps/{APP}/config-vars")
    assert follow.shell(f"dynostack review {STACK} --exit-code").exit_code == 0


def printed_apply(review: Mapping[str, Any]) -> str:
    """Return the apply command that a comment prints below a review."""
    comment = markdown.render(as_json.parse(json.dumps(review)))
    (command,) = re.findall(r"To apply exactly this: `(.*)`", comment)
    return str(command)


@keeps("DR111 heroku addons:attach")
def a_database_without_any_attachment_is_made_live(follow: Follower) -> None:
    store = follow.world
    environment = yaml.safe_load(ENVIRONMENT)
    attachment = {"app": APP, "name": "DATABASE", "confirm": APP}
    next_one = {"addon": store.name_of("postgres-next"), **attachment}
    store.heroku("POST", "/addon-attachments", next_one)
    del environment["config"]["shop:postgres"]["databases"]
    store.write(environment)
    findings = store.review()["findings"]
    options = [each["consent"] for each in findings if each["consent"]]
    assert store.apply(*(word for each in options for word in each.split())).exit_code == 0
    (left,) = store.review()["findings"]
    follow.run(left, "heroku addons:attach")
    assert store.run("review", STACK, "--exit-code").exit_code == 0


@keeps("DR116 heroku git:remote", "DR116 value")
def an_app_is_renamed(follow: Follower) -> None:
    store = follow.world
    environment = yaml.safe_load(ENVIRONMENT)
    environment["config"]["shop:app"]["configVars"] = {"HOSTS": f"{APP}.herokuapp.com"}
    store.write(environment)
    assert store.apply().exit_code == 0
    store.edit(f"name: {APP}", "name: acme-shelf")
    (name,) = follow.codes(found(store.review())["DR116"], OTHER)
    store.edit(f"{name}: {APP}.herokuapp.com", f"{name}: acme-shelf.herokuapp.com")
    review = store.review()
    follow.shell(printed_apply(review))
    (renamed,) = review["findings"]
    (command,) = follow.codes(renamed, "heroku git:remote")
    remotes = follow.shell(f"git init -q clone && cd clone && {command} && git remote -v")
    assert f"127.0.0.1:{store.rehearsal.world.heroku.port}/acme-shelf.git (push)" in remotes.output
    assert store.run("review", STACK, "--exit-code").exit_code == 0


@keeps(
    *("DR102 heroku pg:backups:capture", "DR102 heroku pg:backups:download"),
    *("DR102 --allow-data-loss", "DR103 --allow-data-loss"),
)
def an_app_is_given_up(follow: Follower) -> None:
    store = follow.world
    store.edit("region: us", "region: eu")
    review = store.review()
    findings = found(review)
    dump = store.rehearsal.directory / "latest.dump"
    dump.unlink(missing_ok=True)
    follow.run(findings["DR102"], "heroku pg:backups:capture", "heroku pg:backups:download")
    assert "Archive created" in contents(dump)
    for identity in ("DR102", "DR103"):
        follow.codes(findings[identity], "--allow-data-loss")
    options = [each["consent"] for each in review["findings"] if each["consent"]]
    follow.shell(" ".join([printed_apply(review), *options]))
    assert store.heroku("GET", f"/apps/{APP}")["region"]["name"] == "eu"
    assert store.run("review", STACK, "--exit-code").exit_code == 0


@keeps("DR109 protect:", "DR109 region:", "DR109 value")
def what_is_protected_is_given_up(follow: Follower) -> None:
    store = follow.world
    store.write(yaml.safe_load(ENVIRONMENT.replace("protect: false", "protect: true")))
    assert store.apply().exit_code == 0
    store.edit("region: us", "region: eu")
    follow.write(found(store.review())["DR109"], "region:")
    whole = yaml.safe_load(store.file.read_text())
    without = copy.deepcopy(whole)
    del without["config"]["shop:postgres"]["databases"]["spare"]
    store.write(without)
    line, *_ = follow.codes(found(store.review())["DR109"], "protect:")
    whole["config"]["shop:postgres"]["databases"]["spare"] |= yaml.safe_load(line)
    store.write(whole)
    assert store.apply().exit_code == 0
    store.write(without)
    (finding,) = store.review()["findings"]
    assert finding["consent"] == "--allow-data-loss postgres-spare"
    assert store.apply(*finding["consent"].split()).exit_code == 0
    store.set("pipeline", {"create": True, "name": "store", "stage": "production"})
    store.set("review", {"policies": True})
    assert store.apply().exit_code == 0
    without = yaml.safe_load(store.file.read_text())
    del without["config"]["shop:postgres"]["databases"]
    store.write(without)
    policy, *_ = follow.codes(found(store.review())["DR109"], OTHER)
    without["config"]["shop:postgres"] |= yaml.safe_load(line)
    store.write(without)
    refused = [each["advice"] for each in store.review()["findings"] if each["id"] == "DR602"]
    assert any({"code": policy} in advice for advice in refused)


@keeps("DR104 version:")
def a_database_keeps_its_version(follow: Follower) -> None:
    store = follow.world
    store.edit("version: '17'", "version: '16'")
    follow.write(found(store.review())["DR104"], "version:")
    assert store.run("review", STACK, "--exit-code").exit_code == 0


@keeps("DR105 plan:", "DR115 plan:")
def larger_plans_are_written(follow: Follower) -> None:
    store = follow.world
    spare, large = store.name_of("postgres-spare"), {"plan": "heroku-postgresql:standard-2"}
    store.heroku("PATCH", f"/apps/{APP}/addons/{spare}", large)
    environment = yaml.safe_load(ENVIRONMENT)
    environment["config"]["shop:formation"] = {"web": {"size": "standard-1x", "quantity": 21}}
    databases = environment["config"]["shop:postgres"]["databases"]
    databases["small"] = {"plan": "essential-0", "protect": False}
    store.write(environment)
    findings = found(store.review())
    for identity in ("DR105", "DR115"):
        follow.write(findings[identity], "plan:")
    assert {each["id"] for each in store.review()["findings"]} == {"DR107", "DR117"}
    databases = yaml.safe_load(store.file.read_text())["config"]["shop:postgres"]["databases"]
    plans = {key: each["plan"] for key, each in databases.items()}
    assert plans == {"next": "standard-0", "spare": "standard-2", "small": "essential-2"}


@keeps("DR114 heroku apps:transfer")
def an_app_is_transferred(follow: Follower) -> None:
    store = follow.world
    store.heroku("POST", "/teams", {"name": "rocket"})
    store.edit("team: acme", "team: rocket")
    findings = found(store.review())
    follow.run(findings["DR114"], "heroku apps:transfer")
    assert store.heroku("GET", f"/apps/{APP}")["team"]["name"] == "rocket"
    review = store.review()
    assert (review["changes"], review["findings"]) == ([], [])


MOVE = "dynostack postgres"
MOVES = {f"{identity} {MOVE}" for identity in ("DR102", "DR104", "DR105")}
"""Advice that tests of the command itself follow."""
NOT_FOLLOWED = {
    "DR104 value": "the key of a line, to be left out",
    "DR502 value": "an address on the internet",
    "DR602 value": "the name of a policy, to be looked up",
    "DR603 value": "the name of a policy, to be looked up",
    "DR118 value": "a key of the file, to be kept as it is",
    "DR119 create:": "a line of the file, to be kept as it is",
}
"""Advice that no scenario follows, and why."""


def test_whatever_a_rule_advises_is_followed(tmp_path: Path) -> None:
    made = {promise for promise, _ in of_the_cases(tmp_path)}
    kept = {promise for each in SCENARIOS.values() for promise in each.promises}
    assert made - kept - set(test_databases.KEPT) - MOVES == NOT_FOLLOWED.keys()


def of_the_cases(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each promise that a rule makes in its cases, with the code that makes it."""
    for case in CASES.values():
        review = reviewed(*case.steps, directory=folder, **case.more)
        for finding in json.loads(as_json.render(review))["findings"]:
            yield from promised(finding)


def test_every_printed_move_is_a_command(tmp_path: Path) -> None:
    """Parse each printed command with the options and arguments that the command takes."""
    printed = {code for promise, code in of_the_cases(tmp_path) if promise in MOVES}
    assert {"--finish", "--plan"} <= {word for code in printed for word in code.split()}
    if find_spec("dynostack.cli.postgres") is None:
        pytest.skip("there is no command dynostack postgres yet")
    for code in printed:
        command, context, words = parsed(code)
        rest = command.make_parser(context).parse_args(words)[1]
        assert rest == [], code


def parsed(code: str) -> tuple[click.Command, click.Context, list[str]]:
    """Return the command that a command line runs, and the words after its name."""
    command: click.Command = commands
    context = click.Context(command)
    words = shlex.split(code)[1:]
    while isinstance(command, click.Group):
        name, found, words = command.resolve_command(context, words)
        assert found
        command, context = found, click.Context(found, parent=context, info_name=name)
    return command, context, words


@pytest.mark.long
@pytest.mark.parametrize("name", SCENARIOS)
def test_advice_does_what_it_says(name: str, world: ReviewWorld) -> None:
    scenario, follow = SCENARIOS[name], Follower(world)
    world.restore(BASE)
    scenario.play(follow)
    assert follow.followed == scenario.promises
