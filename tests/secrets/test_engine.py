"""Tests that the real engine decrypts what `dynostack secret set` has written, and vice versa."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks import moto
from dynostack.local.workspace import STATE_PASSPHRASE
from dynostack.toolchain.engine import Engine
from dynostack.toolchain.resolve import find_engine
from tests.secrets.desk import Desk
from tests.toolchain.parts import Told

pytestmark = [pytest.mark.e2e, pytest.mark.long]

VALUES = {"LINES": 'é\n\n"planted": [x]\n', "SWITCH": "true"}
OWN = "planted passphrase"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return find_engine(Told())


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    """Return a project whose shell has the engine and a backend."""
    desk = Desk.of(tmp_path, "local", "prod")
    (tmp_path / "state").mkdir()
    desk.variables.update(
        PATH=f"{engine.path.parent}{os.pathsep}/usr/bin{os.pathsep}/bin",
        PULUMI_HOME=str(tmp_path / "home"),
        PULUMI_BACKEND_URL=(tmp_path / "state").as_uri(),
        PULUMI_SKIP_UPDATE_CHECK="true",
    )
    return desk


def shell(desk: Desk, command: str, stdin: str = "", **variables: str) -> str:
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=desk.folder,
        env=desk.environment(variables),
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def config_vars(desk: Desk, stack: str, **variables: str) -> dict[str, Any]:
    """Return the config vars as the engine decrypts them."""
    command = f"pulumi config --show-secrets --json -s {stack}"
    app = json.loads(shell(desk, command, **variables))["shop:app"]
    assert app["secret"]
    return dict(json.loads(app["value"])["configVars"])


def test_the_engine_decrypts_the_secrets(desk: Desk) -> None:
    own = {"PULUMI_CONFIG_PASSPHRASE": OWN}
    for name, value in VALUES.items():
        assert desk.set("prod", name, f"{value}\n", **own).exit_code == 0
    before = desk.text("prod")
    shell(desk, "pulumi stack init prod --no-select", **own)
    assert desk.text("prod") == before
    shell(desk, "pulumi config set -s prod --secret --path shop:app.configVars.A b", **own)
    assert config_vars(desk, "prod", **own).items() >= {**VALUES, "A": "b"}.items()
    assert desk.set("prod", "A", "c", **own).exit_code == 0
    assert config_vars(desk, "prod", **own).items() >= {**VALUES, "A": "c"}.items()
    assert re.findall("salt.*", desk.text("prod")) == re.findall("salt.*", before)


def test_a_public_passphrase_with_secrets_is_replaced_first(desk: Desk) -> None:
    public = {"PULUMI_CONFIG_PASSPHRASE": STATE_PASSPHRASE}
    shell(desk, "pulumi stack init prod --no-select", **public)
    shell(desk, "pulumi config set -s prod --secret --path shop:app.configVars.A b", **public)
    before = desk.text("prod")
    done = desk.set("prod", "B", "planted", PULUMI_CONFIG_PASSPHRASE=OWN)
    assert done.exit_code == 1
    assert desk.text("prod") == before
    assert "everybody can decrypt the secrets of Pulumi.prod.yaml" in done.output
    command = done.output.partition("try again: ")[2]
    shell(desk, command, f"{OWN}\n{OWN}\n")
    own = {"PULUMI_CONFIG_PASSPHRASE": OWN}
    assert desk.set("prod", "B", "planted", **own).exit_code == 0
    assert config_vars(desk, "prod", **own).items() >= {"A": "b", "B": "planted"}.items()


@contextmanager
def cloud_key() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the address of a key in a stand-in for AWS, and the variables to reach it."""
    with moto.serving() as server:
        address = f"http://127.0.0.1:{server.port}"
        signed = moto.HEADERS["Authorization"].replace("/ssm/", "/kms/")
        headers = {
            **moto.HEADERS,
            "Authorization": signed,
            "X-Amz-Target": "TrentService.CreateKey",
        }
        answer = httpx.post(address, headers=headers, content="{}").raise_for_status()
        key = answer.json()["KeyMetadata"]["KeyId"]
        login = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
        yield f"awskms://{key}?region=us-east-1", {**login, "AWS_ENDPOINT_URL": address}


def test_the_engine_encrypts_with_the_key_of_a_cloud(desk: Desk) -> None:
    with cloud_key() as (provider, login):
        desk.variables.update(login)
        shell(desk, f"pulumi stack init prod --no-select --secrets-provider '{provider}'")
        before = desk.text("prod")
        for name, value in VALUES.items():
            done = desk.set("prod", name, f"{value}\n")
            assert done.exit_code == 0, done.output
        assert config_vars(desk, "prod").items() >= VALUES.items()
        text = desk.text("prod")
        assert re.sub(r" +(LINES|SWITCH): \{secure: \S+\}\n", "", text) == before
        desk.variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
        desk.variables["AWS_MAX_ATTEMPTS"] = "1"
        assert desk.set("prod", "A", "planted").exit_code != 0
        assert desk.text("prod") == text
