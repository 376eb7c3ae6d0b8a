"""The environments of dynos and builds, compared with what the buildpack's own tests list."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from localheroku.core.backends import BuildContext
from localheroku.core.package_index import VARIABLES
from localheroku.dynos import package_manager
from localheroku.dynos.buildpacks.buildpack import Compilation
from localheroku.dynos.buildpacks.python_environment import build_variables
from localheroku.dynos.dyno_environment import dyno_environment
from localheroku.dynos.environment import LOCALES, NOT_IN_BUILDS, BuildFolders
from localheroku.dynos.process_registry import ProcessRegistry
from tests.localheroku.dynos import buildpack

HOME = Path("/home-of-dyno")
FILES = list(buildpack.DYNO_WITH)


def dyno(
    slug: Path, config_vars: Mapping[str, str], port: int | None = None, size: str = "Basic"
) -> dict[str, str]:
    return dyno_environment(slug, HOME, config_vars, "web.1", size, port)


def listed(texts: Mapping[str, str], **folders: Path) -> dict[str, str]:
    """Return a list of the buildpack, with the folders here, without what is not set here."""
    return {
        name: text.format(**folders)
        for name, text in texts.items()
        if name not in buildpack.NOT_HERE
    }


def in_locale(seen: Mapping[str, str]) -> dict[str, str]:
    """Return an environment as on a machine that has Heroku's locale."""
    assert seen["LANG"] in LOCALES
    return {**seen, "LANG": LOCALES[0]}


@pytest.mark.parametrize("file", FILES)
def test_a_dyno_has_what_the_buildpack_sets(tmp_path: Path, file: str) -> None:
    slug = with_file(tmp_path, file)
    expected = listed(
        buildpack.DYNO | buildpack.ONLY_HERE | buildpack.DYNO_WITH[file],
        python=slug / "environment",
        home=HOME,
    )
    assert in_locale(dyno(slug, {})) == expected | {"DYNO": "web.1", "HOME": str(HOME)}


def with_file(slug: Path, file: str) -> Path:
    (slug / "app").mkdir()
    (slug / "environment").mkdir()
    (slug / "app" / file).touch()
    return slug


def test_config_vars_override_the_same_variables_as_on_heroku(tmp_path: Path) -> None:
    slug = with_file(tmp_path, "requirements.txt")
    names = {*buildpack.DYNO, "DYNO", "HOME", "OTHER"} - buildpack.NOT_HERE
    seen = dyno(slug, dict.fromkeys(names, "kept"))
    kept = listed(buildpack.KEPT, python=slug / "environment")
    assert {name: seen[name] for name in kept} == kept
    overridden = names - set(kept) - {"OTHER", "WEB_CONCURRENCY_SET_BY"}
    assert not [name for name in overridden if seen[name] == "kept"]
    assert seen["OTHER"] == "kept"


@pytest.mark.parametrize("size", buildpack.CONCURRENCY)
def test_the_size_of_a_dyno_determines_its_processes(tmp_path: Path, size: str) -> None:
    seen = dyno(tmp_path, {}, size=size)
    assert (seen["DYNO_RAM"], seen["WEB_CONCURRENCY"]) == buildpack.CONCURRENCY[size]
    own = dyno(tmp_path, {"WEB_CONCURRENCY": "9"}, size=size)
    assert (own["WEB_CONCURRENCY"], own["DYNO_RAM"]) == ("9", seen["DYNO_RAM"])
    assert "WEB_CONCURRENCY_SET_BY" not in own


def test_only_a_web_dyno_has_a_port_and_only_on_this_machine(tmp_path: Path) -> None:
    web = dyno(tmp_path, {"PORT": "1"}, 5000)
    assert (web["PORT"], web["HOME"]) == ("5000", "/home-of-dyno")
    assert web["GUNICORN_CMD_ARGS"] == "--access-logfile - --bind=127.0.0.1:5000"
    assert dyno(tmp_path, {"GUNICORN_CMD_ARGS": "--workers=3"}, 1)["GUNICORN_CMD_ARGS"] == (
        "--workers=3"
    )
    assert "PORT" not in dyno(tmp_path, {})


@pytest.mark.parametrize("control", [True, False])
def test_gunicorn_makes_no_socket_in_a_folder_as_deep_as_a_dynos(
    tmp_path: Path, control: bool
) -> None:
    package = tmp_path / "environment/lib/python3.13/site-packages/gunicorn"
    package.mkdir(parents=True)
    if control:
        (package / "ctl").mkdir()
    arguments = dyno(tmp_path, {}, 5000)["GUNICORN_CMD_ARGS"]
    assert ("--no-control-socket" in arguments) is control


@pytest.mark.parametrize("file", FILES)
def test_a_hook_has_what_the_buildpack_sets(tmp_path: Path, file: str) -> None:
    slug = with_file(tmp_path, file)
    folders = BuildFolders(slug, slug / "home", slug / "cache", slug / "config_vars")
    config_vars = {"SOME_APP_CONFIG_VAR": "1", **dict.fromkeys(NOT_IN_BUILDS, "not here")}
    python = slug / "environment"
    before = listed(
        buildpack.PRE_COMPILE,
        python=python,
        app=slug / "app",
        cache=folders.cache,
        config_vars=folders.config_vars,
    )
    home = {
        "HOME": str(folders.home),
        "NPM_CONFIG_PREFIX": f"{folders.home}/.npm-global",  # only here: Heroku has no npm then
        "STACK": "heroku-24",
    }
    context = BuildContext("app", config_vars, variables={"STACK": "heroku-24"})
    build = Compilation(folders, context, print, ProcessRegistry(slug / "running.json"))
    pre = build.environment(build_variables(python, build.exported))
    assert in_locale(pre) == before | home

    manager = package_manager.of_source(slug / "app")
    post = build.environment(build_variables(python, build.exported, manager))
    added = listed(buildpack.POST_COMPILE_WITH[file], python=python)
    if manager is package_manager.POETRY:
        added["VIRTUAL_ENV"] = str(python)  # Poetry knows a virtual environment by it
    if manager is not package_manager.PIP:
        added["PATH"] = f"{python}/{manager.name.lower()}/bin:{before['PATH']}"
    assert in_locale(post) == before | home | added


def test_pip_sees_the_way_to_its_index_and_no_keys() -> None:
    for name in ("HTTPS_PROXY", "no_proxy", "PIP_INDEX_URL", "PIP_CERT", "HOME", "SSL_CERT_FILE"):
        assert VARIABLES.match(name)
    for name in ("HEROKU_API_KEY", "PIP_TARGET", "PIP_USER", "PYTHONPATH", "PULUMI_ACCESS_TOKEN"):
        assert not VARIABLES.match(name)
