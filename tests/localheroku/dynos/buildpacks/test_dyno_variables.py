"""What a dyno has because of the buildpacks that built its slug."""

from __future__ import annotations

from pathlib import Path

import pytest

from localheroku.dynos.dyno_environment import dyno_environment
from localheroku.dynos.slug_layout import BUILDPACKS

HOME = Path("/home-of-dyno")
PATH = "/usr/local/bin:/usr/bin:/bin"
NODE = {
    "MEMORY_AVAILABLE": "512",
    "NODE_ENV": "production",
    "NODE_HOME": f"{HOME}/.heroku/node",
    "PATH": (
        f"{HOME}/.heroku/node/bin:{HOME}/.heroku/yarn/bin:{PATH}:{HOME}/bin:"
        f"{HOME}/node_modules/.bin"
    ),
    "WEB_CONCURRENCY": "1",
    "WEB_CONCURRENCY_SET_BY": "heroku/nodejs",
    "WEB_MEMORY": "512",
}
"""The environment of a dyno of size Basic by profile/*.sh of heroku/heroku-buildpack-nodejs."""
NOT_ON_HEROKU = {"NPM_CONFIG_PREFIX"}


def dyno(slug: Path, *buildpacks: str, size: str = "Basic", **config_vars: str) -> dict[str, str]:
    (slug / BUILDPACKS).write_text("\n".join(buildpacks))
    return dyno_environment(slug, HOME, config_vars, "worker.1", size, None)


def test_node_alone(tmp_path: Path) -> None:
    seen = dyno(tmp_path, "heroku/nodejs")
    platform = {"DYNO", "HOME", "LANG"}
    assert {name: seen[name] for name in seen.keys() - platform - NOT_ON_HEROKU} == NODE
    own = dyno(tmp_path, "heroku/nodejs", NODE_ENV="staging", WEB_CONCURRENCY="5")
    assert (own["NODE_ENV"], own["WEB_CONCURRENCY"]) == ("staging", "5")
    assert "WEB_CONCURRENCY_SET_BY" not in own


@pytest.mark.parametrize(
    ("size", "memory", "processes"),
    [
        ("Standard-2X", "512", "2"),
        ("Performance-M", "512", "5"),
        ("Performance-L", "512", "28"),
        ("Performance-2XL", "2048", "63"),
    ],
)
def test_the_size_of_a_dyno_determines_its_processes(
    tmp_path: Path, size: str, memory: str, processes: str
) -> None:
    seen = dyno(tmp_path, "heroku/nodejs", size=size)
    assert (seen["WEB_MEMORY"], seen["WEB_CONCURRENCY"]) == (memory, processes)
    assert dyno(tmp_path, "heroku/nodejs", size=size, WEB_MEMORY="4096")["WEB_MEMORY"] == "4096"


def test_python_comes_before_node_and_the_last_buildpack_sets_the_concurrency(
    tmp_path: Path,
) -> None:
    python = f"{(tmp_path / 'environment').resolve()}/bin"
    seen = dyno(tmp_path, "heroku/nodejs", "heroku/python")
    assert seen["PATH"] == f"{python}:{NODE['PATH']}"
    assert (seen["WEB_CONCURRENCY"], seen["WEB_CONCURRENCY_SET_BY"]) == ("2", "heroku/python")
    turned = dyno(tmp_path, "heroku/python", "heroku/nodejs")
    assert turned["PATH"] == seen["PATH"]
    assert turned["WEB_CONCURRENCY_SET_BY"] == "heroku/nodejs"
