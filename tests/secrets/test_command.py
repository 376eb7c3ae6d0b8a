"""Tests of `dynostack secret set` as a user runs it right after `dynostack new`."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pytest

from dynostack.errors import NOT_STARTED
from dynostack.local.workspace import STATE_PASSPHRASE
from dynostack.secrets.passphrase_key import PassphraseKey
from dynostack.secrets.secrets_file import PLACEHOLDER
from tests.secrets.desk import Desk

VALUE, OWN = "planted-value", "planted-passphrase"
CIPHERTEXT = r"v1:[\w+/=]{16}:[\w+/=]+"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.of(tmp_path, "local", "prod")


def changed(before: str, after: str) -> list[str]:
    """Return the lines that differ, with all ciphertexts alike."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [re.sub(CIPHERTEXT, "*", line) for line in lines if line[0] in "+-"]


def salt_of(text: str) -> str:
    (salt,) = re.findall(r"^encryptionsalt: (\S+)$", text, re.MULTILINE)
    return str(salt)


def test_a_secret_of_the_stack_local_needs_nothing(desk: Desk) -> None:
    before = desk.text("local")
    done = desk.set("local", "SECRET_KEY", VALUE)
    assert (done.exit_code, done.output) == (0, "==> encrypted SECRET_KEY in Pulumi.local.yaml\n")
    after = desk.text("local")
    assert changed(before, after) == [
        "-       SECRET_KEY: planted-before   # replaced",
        "+       SECRET_KEY: {secure: *}   # replaced",
        f"+ encryptionsalt: v1:{salt_of(after).split(':')[1]}:*",
    ]
    assert PassphraseKey.of_salt(salt_of(after), STATE_PASSPHRASE)
    assert [file.name for file in desk.folder.iterdir() if file.is_dir()] == []


def test_a_second_secret_keeps_the_salt(desk: Desk) -> None:
    desk.set("local", "SECRET_KEY", VALUE)
    before = desk.text("local")
    for name in ("NEW", "drains.archive"):
        assert desk.set("local", name, VALUE).exit_code == 0
    after = desk.text("local")
    assert salt_of(after) == salt_of(before)
    assert changed(before, after) == [
        "+       NEW: {secure: *}",
        "-     archive: syslog+tls://u:planted-before@logs.acme.example:6514",
        "+     archive: {secure: *}",
    ]


def test_a_real_value_is_no_placeholder(desk: Desk) -> None:
    text = desk.text("local").replace('DEBUG: "false"', f'DEBUG: "false" {PLACEHOLDER}')
    (desk.folder / "Pulumi.local.yaml").write_text(text)
    assert desk.set("local", "DEBUG", VALUE).exit_code == 0
    assert changed(text, desk.text("local"))[:2] == [
        f'-       DEBUG: "false" {PLACEHOLDER}',
        "+       DEBUG: {secure: *}",
    ]


def test_another_stack_has_its_own_passphrase(desk: Desk) -> None:
    assert desk.set("prod", "A", VALUE, PULUMI_CONFIG_PASSPHRASE=OWN).exit_code == 0
    file = desk.folder / "passphrase.txt"
    file.write_text(f"{OWN}\n")
    assert desk.set("prod", "B", VALUE, PULUMI_CONFIG_PASSPHRASE_FILE=str(file)).exit_code == 0
    assert PassphraseKey.of_salt(salt_of(desk.text("prod")), OWN)
    assert desk.text("prod").count("{secure: v1:") == 2


def test_a_person_is_asked_for_value_and_passphrase(desk: Desk) -> None:
    done = desk.set_on_terminal("prod", "A", [VALUE, OWN, OWN])
    assert done.exit_code == 0, done.output
    assert "New passphrase that protects the secrets of Pulumi.prod.yaml" in done.output
    (desk.folder / "value").write_text(VALUE)
    done = desk.set_on_terminal("prod", "B", [OWN], stdin="value")
    assert done.exit_code == 0, done.output
    assert "planted" not in done.output
    before = desk.text("prod")
    done = desk.set_on_terminal("prod", "C", [VALUE, "another"])
    assert done.exit_code == 1
    assert "this passphrase does not decrypt the secrets of Pulumi.prod.yaml" in done.output
    assert desk.text("prod") == before


def test_a_new_passphrase_is_not_the_public_one(desk: Desk) -> None:
    before = desk.text("prod")
    done = desk.set_on_terminal("prod", "A", [VALUE, STATE_PASSPHRASE, STATE_PASSPHRASE])
    assert done.exit_code == 1
    assert "this passphrase is public; choose another one" in done.output
    assert desk.text("prod") == before


@pytest.mark.parametrize("passphrase", [STATE_PASSPHRASE, ""])
def test_a_public_passphrase_without_secrets_is_replaced(desk: Desk, passphrase: str) -> None:
    """A rehearsal creates the stack with the passphrase of the local environment."""
    salt = PassphraseKey.new(passphrase).salt
    with (desk.folder / "Pulumi.prod.yaml").open("a") as file:
        file.write(f"encryptionsalt: {salt}\n")
    before = desk.text("prod")
    done = desk.set("prod", "A", VALUE, PULUMI_CONFIG_PASSPHRASE=passphrase)
    assert done.exit_code == 1
    assert "Pulumi.prod.yaml has no passphrase of its own; set PULUMI_CONFIG_PASS" in done.output
    assert desk.text("prod") == before
    assert desk.set("prod", "A", VALUE, PULUMI_CONFIG_PASSPHRASE=OWN).exit_code == 0
    assert PassphraseKey.of_salt(salt_of(desk.text("prod")), OWN)


REFUSED = {
    "unknown stack": ("prd", "A", VALUE, 'there is no file for the stack "prd"'),
    "of an add-on": ("local", "DATABASE_URL", VALUE, "the add-on postgres sets DATABASE_URL"),
    "not a config var": ("local", "1A", VALUE, "cannot start with a digit"),
    "name and value": ("local", f"A={VALUE}", VALUE, "neither a config var nor a path"),
    "never a secret": ("local", "app.name", VALUE, "name must be text, but is an encrypted value"),
    "a mapping": ("local", "app.configVars", VALUE, "configVars must be a mapping"),
    "unknown section": ("local", "nosuch.thing", VALUE, 'there is no section "nosuch"'),
    "below a text": ("local", "drains.archive.a", VALUE, "archive in Pulumi.local.yaml is not a"),
    "empty": ("local", "A", "\n", "the value is empty"),
    "NUL": ("local", "A", "planted\0", "the value has a NUL character"),
    "not UTF-8": ("local", "A", "planted\udcff", "the value is not UTF-8 text"),
    "no passphrase": ("prod", "A", VALUE, "Pulumi.prod.yaml has no passphrase of its own; set"),
}


@pytest.mark.parametrize(("stack", "name", "value", "message"), REFUSED.values(), ids=REFUSED)
def test_a_mistake_is_refused(desk: Desk, stack: str, name: str, value: str, message: str) -> None:
    before = desk.text("local"), desk.text("prod")
    done = desk.set(stack, name, value)
    assert done.exit_code == 1
    assert message in done.output
    assert "planted" not in done.output
    assert "Traceback" not in done.output
    assert (desk.text("local"), desk.text("prod")) == before


@pytest.mark.parametrize("value", [VALUE, "--planted"])
def test_the_value_is_not_an_argument(desk: Desk, value: str) -> None:
    done = desk.set("local", "A", "", value)
    assert done.exit_code == NOT_STARTED
    assert "the value is asked for or read from standard input" in done.output
    assert "planted" not in done.output


def test_a_wrong_passphrase_is_refused(desk: Desk) -> None:
    desk.set("prod", "A", VALUE, PULUMI_CONFIG_PASSPHRASE=OWN)
    before = desk.text("prod")
    done = desk.set("prod", "A", VALUE, PULUMI_CONFIG_PASSPHRASE="wrong")
    assert done.exit_code == 1
    assert done.output.startswith("PULUMI_CONFIG_PASSPHRASE does not decrypt the secrets of Pul")
    done = desk.set("prod", "A", VALUE, PULUMI_CONFIG_PASSPHRASE=STATE_PASSPHRASE)
    assert done.output.startswith("the passphrase of Pulumi.prod.yaml is unknown; set PULUMI_CON")
    done = desk.set("prod", "A", VALUE, PULUMI_CONFIG_PASSPHRASE_FILE="missing")
    assert done.output.startswith("the file in PULUMI_CONFIG_PASSPHRASE_FILE cannot be read")
    assert desk.text("prod") == before


@pytest.mark.parametrize(
    "salt", ["v1:planted", "v1:AAAA:v1:AAAA:AAAA", "v2:a:b:c:d", "v1:a:v1:b:c"]
)
def test_a_damaged_salt_is_refused(desk: Desk, salt: str) -> None:
    with (desk.folder / "Pulumi.local.yaml").open("a") as file:
        file.write(f"encryptionsalt: {salt}\n")
    before = desk.text("local")
    done = desk.set("local", "A", VALUE)
    assert done.exit_code == 1
    assert "encryptionsalt in Pulumi.local.yaml is damaged" in done.output
    assert desk.text("local") == before


@pytest.mark.parametrize("line", ["", "secretsprovider: awskms://alias/prod\n"])
def test_a_key_in_a_service_needs_the_engine(desk: Desk, line: str) -> None:
    """Pulumi Cloud's key is used in its backend; another service's is named in the file."""
    with (desk.folder / "Pulumi.prod.yaml").open("a") as file:
        file.write(line)
    before = desk.text("prod")
    done = desk.set("prod", "A", VALUE, PULUMI_BACKEND_URL="https://api.pulumi.com")
    assert done.exit_code == 1
    assert done.output == "pulumi is not installed; run: dynostack toolchain\n"
    assert desk.text("prod") == before
