"""The environment of a dyno."""

from __future__ import annotations

from pathlib import Path

import pytest

from localheroku.core.package_index import VARIABLES
from localheroku.dynos.environment import dyno_environment

SLUG, HOME = Path("/slug"), Path("/home-of-dyno")


def test_only_a_web_dyno_has_a_port_and_only_on_this_machine() -> None:
    web = dyno_environment(SLUG, HOME, {}, "web.1", 5000)
    assert (web["DYNO"], web["PORT"], web["HOME"]) == ("web.1", "5000", "/home-of-dyno")
    assert "--bind=127.0.0.1:5000" in web["GUNICORN_CMD_ARGS"]
    worker = dyno_environment(SLUG, HOME, {}, "worker.1", None)
    assert not {"PORT", "GUNICORN_CMD_ARGS"} & set(worker)


def test_config_vars_override_all_but_the_dynos_own_variables() -> None:
    config = {
        "GUNICORN_CMD_ARGS": "--workers=3",
        "LANG": "C",
        "PORT": "1",
        "DYNO": "x",
        "HOME": "y",
    }
    seen = dyno_environment(SLUG, HOME, config, "web.1", 5000)
    assert (seen["GUNICORN_CMD_ARGS"], seen["LANG"]) == ("--workers=3", "C")
    assert (seen["PORT"], seen["DYNO"], seen["HOME"]) == ("5000", "web.1", "/home-of-dyno")


@pytest.mark.parametrize("control", [True, False])
def test_gunicorn_makes_no_socket_in_a_folder_as_deep_as_a_dynos(
    tmp_path: Path, control: bool
) -> None:
    package = tmp_path / "environment/lib/python3.13/site-packages/gunicorn"
    package.mkdir(parents=True)
    if control:
        (package / "ctl").mkdir()
    arguments = dyno_environment(tmp_path, HOME, {}, "web.1", 5000)["GUNICORN_CMD_ARGS"]
    assert ("--no-control-socket" in arguments) is control


def test_pip_sees_the_way_to_its_index_and_no_keys() -> None:
    for name in ("HTTPS_PROXY", "no_proxy", "PIP_INDEX_URL", "PIP_CERT", "HOME", "SSL_CERT_FILE"):
        assert VARIABLES.match(name)
    for name in ("HEROKU_API_KEY", "PIP_TARGET", "PIP_USER", "PYTHONPATH", "PULUMI_ACCESS_TOKEN"):
        assert not VARIABLES.match(name)
