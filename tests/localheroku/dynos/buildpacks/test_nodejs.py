"""Builds with the Node.js of this machine, real package managers and their registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from localheroku.dynos.builder import CompiledSlug, SlugBuilder
from localheroku.dynos.logs import LogStore
from localheroku.dynos.manager import DynoManager
from localheroku.dynos.source import BuildFailed
from tests.durability.worlds import SOAK
from tests.localheroku.dynos.buildpacks import sources
from tests.localheroku.dynos.buildpacks.sources import Workbench, package_json
from tests.localheroku.dynos.slugs import runtime

pytestmark = [pytest.mark.e2e, pytest.mark.long]

NODEJS = "heroku/nodejs"
BUILT = "productiontrue"


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """Return one workbench for all tests, which share the cache of an app."""
    folder = tmp_path_factory.mktemp("workbench")
    builder = SlugBuilder(folder / "data")
    yield Workbench(folder, builder)
    builder.close()


def built(slug: CompiledSlug) -> str:
    return text(slug, "built.txt")


def text(slug: CompiledSlug, file: str) -> str:
    return (slug.path / "app" / file).read_text()


def packages(slug: CompiledSlug) -> list[str]:
    folder = slug.path / "app/node_modules"
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


async def output_of(slug: CompiledSlug, command: str, folder: Path) -> list[str]:
    """Return what a command prints in a dyno."""
    dynos = DynoManager(folder, LogStore(folder))
    lines: list[str] = []
    await dynos.run(runtime(slug.path), command, "run.1", lines.append)
    await dynos.close()
    return lines


async def test_npm_installs_what_the_lock_says(workbench: Workbench) -> None:
    start = "node -e \"console.log(require('is-number')(1), process.env.NODE_ENV)\""
    scripts = sources.SCRIPTS | {"start": start}
    package = package_json(scripts=scripts)
    files = {"package.json": package, "package-lock.json": sources.npm_lock()}
    slug = await workbench.build(files)
    assert (built(slug), packages(slug)) == (BUILT, ["is-number"])
    assert slug.process_types == {"web": "npm start"}
    assert slug.description == "Node.js"
    assert slug.size < 100_000, "Node itself is linked"
    assert workbench.has("Default types for buildpack -> web")
    assert await output_of(slug, "npm start --silent", workbench.folder) == ["true production"]

    outdated = files | {"package.json": package_json(dependencies={"is-number": "6.0.0"})}
    with pytest.raises(BuildFailed, match=r"package-lock.json does not fit package.json: run `npm"):
        await workbench.build(outdated, NODEJS)


async def test_scripts_run_in_the_buildpacks_order(workbench: Workbench) -> None:
    scripts = {
        "heroku-prebuild": "echo $npm_lifecycle_event; ls",
        "build": "echo not this",
        "heroku-postbuild": "npm install --silent --global ./tool && tool > built.txt",
        "heroku-cleanup": "ls node_modules || echo no modules",
    }
    tool = '{"name": "tool", "version": "1.0.0", "bin": "tool.js"}'
    files = {
        "package.json": package_json(scripts=scripts, dependencies={}, devDependencies={}),
        "package-lock.json": '{"name": "shop", "lockfileVersion": 3, "packages": {"": {}}}',
        "tool/package.json": tool,
        "tool/tool.js": "#!/usr/bin/env node\nconsole.log('the tool of the app')\n",
        "Procfile": "worker: tool\n",
    }
    slug = await workbench.build(files, NODEJS)
    running = [line.strip() for line in workbench.output if "Running" in line]
    assert running == [
        "Running heroku-prebuild",
        "Running heroku-postbuild",
        "Running heroku-cleanup",
    ]
    assert built(slug) == "the tool of the app\n"
    assert slug.process_types == {"web": "npm start", "worker": "tool"}
    assert (slug.path / "app/.heroku/node/bin/tool").exists(), "not in this machine's own folder"

    failing = package_json(scripts={"build": "exit 3"}, dependencies={}, devDependencies={})
    with pytest.raises(BuildFailed, match=r"the script build of package.json failed: it exited wi"):
        await workbench.build(files | {"package.json": failing}, NODEJS)


async def test_without_a_lock_modules_are_kept_for_the_next_build(workbench: Workbench) -> None:
    files = {"package.json": package_json()}
    kept = await workbench.build(files, NODEJS, NPM_CONFIG_PRODUCTION="false")
    assert workbench.has("- node_modules (not cached - skipping)")
    assert packages(kept) == ["is-number", "is-odd"]
    assert workbench.has("Skipping because NPM_CONFIG_PRODUCTION is 'false'")
    slug = await workbench.build(files, NODEJS)
    assert workbench.has("       - node_modules")
    assert not workbench.has("not cached")
    assert packages(slug) == ["is-number"]


async def test_yarn(workbench: Workbench) -> None:
    files = {"package.json": package_json(), "yarn.lock": sources.yarn_lock()}
    slug = await workbench.build(files, NODEJS)
    assert (built(slug), packages(slug)) == (BUILT, ["is-number"])
    assert (slug.path / "app/.heroku/node/bin/yarn").exists()


async def test_pnpm(workbench: Workbench) -> None:
    package = package_json(packageManager="pnpm@9.15.9")
    files = {"package.json": package, "pnpm-lock.yaml": sources.pnpm_lock()}
    slug = await workbench.build(files, NODEJS)
    assert (built(slug), packages(slug)) == (BUILT, ["is-number"])
    assert (slug.path / "app/.heroku/node/bin/pnpm").exists()


if SOAK:

    async def test_yarn_4(workbench: Workbench) -> None:
        files = {
            "package.json": package_json(packageManager="yarn@4.9.0"),
            "yarn.lock": sources.BERRY_LOCK,
            ".yarnrc.yml": "nodeLinker: node-modules\n",
        }
        slug = await workbench.build(files, NODEJS)
        assert (built(slug), packages(slug)) == (BUILT, ["is-number"])

    async def test_an_npm_of_the_apps_own(workbench: Workbench) -> None:
        engines = {"node": sources.MAJOR, "npm": "10.9.2"}
        slug = await workbench.build({"package.json": package_json(engines=engines)}, NODEJS)
        assert (built(slug), packages(slug)) == (BUILT, ["is-number"])
        assert '"version": "10.9.2"' in text(slug, ".heroku/node/lib/node_modules/npm/package.json")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"yarn.lock": "__metadata:\n  version: 8\n"}, "of Yarn 2 or newer, but its version is no"),
        (
            {"yarn.lock": "__metadata:\n", ".yarnrc.yml": "yarnPath: .yarn/yarn.cjs\n"},
            r"Yarn was not found: commit .yarn/yarn.cjs, which .yarnrc.yml names",
        ),
    ],
)
async def test_a_yarn_that_is_nowhere(
    workbench: Workbench, files: dict[str, str], message: str
) -> None:
    with pytest.raises(BuildFailed, match=message):
        await workbench.build({"package.json": package_json(), **files}, NODEJS)


async def test_a_package_that_does_not_exist(workbench: Workbench) -> None:
    package = package_json(dependencies={"is-number": "99.0.0"}, devDependencies={})
    with pytest.raises(BuildFailed, match=r"`npm install .*` failed: it exited with status 1; see"):
        await workbench.build({"package.json": package}, NODEJS)
    assert workbench.has("No matching version found for is-number@99.0.0")
