"""Tests of finding the secrets that Pulumi could not decrypt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dynostack.cli.commands import commands
from dynostack.secrets.passphrase_key import PassphraseKey


@pytest.fixture(scope="module")
def text() -> str:
    """Return a file with values of two keys."""
    own, other = PassphraseKey.new("own words"), PassphraseKey.new("other words")
    return f"""\
config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-shop
    configVars:
      FIRST_TOKEN: {{ secure: {own.encrypted("planted-1")} }}
      SECOND_TOKEN: {{ secure: {other.encrypted("planted-2")} }}
      THIRD_TOKEN: {{ secure: AAABAAAA }}
encryptionsalt: {own.salt}
"""


def found(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> list[tuple[str, int]]:
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "Pulumi.prod.yaml").write_text(text)
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(commands, ["check", "--format", "json"])
    assert "planted" not in done.output
    diagnostics = json.loads(done.output)["diagnostics"]
    return [(each["code"], each["line"]) for each in diagnostics if each["code"][:3] == "DS4"]


def test_values_of_another_key_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "own words")
    assert found(tmp_path, monkeypatch, text) == [("DS407", 7), ("DS407", 8)]


def test_the_passphrase_may_be_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "words").write_text("own words\n")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(tmp_path / "words"))
    assert len(found(tmp_path, monkeypatch, text)) == 2


@pytest.mark.parametrize("passphrase", ["words of another stack", ""])
def test_the_passphrase_of_another_stack_decides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, passphrase: str
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", passphrase)
    assert found(tmp_path, monkeypatch, text) == []


def test_another_secrets_provider_needs_no_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "own words")
    provider = "secretsprovider: awskms://alias/shop\nencryptedkey: QUJD\n"
    assert found(tmp_path, monkeypatch, provider + text) == []
