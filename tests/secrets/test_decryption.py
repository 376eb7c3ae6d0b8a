"""Tests of finding the secrets that Pulumi could not decrypt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dynostack.cli.commands import commands
from dynostack.secrets.passphrase_key import PassphraseKey

OWN, OTHER = PassphraseKey.new("own words"), PassphraseKey.new("other words")
FILE = f"""\
config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-shop
    configVars:
      FIRST_TOKEN: {{ secure: {OWN.encrypted("planted-1")} }}
      SECOND_TOKEN: {{ secure: {OTHER.encrypted("planted-2")} }}
      THIRD_TOKEN: {{ secure: AAABAAAA }}
encryptionsalt: {OWN.salt}
"""


def found(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str = FILE) -> list[tuple[str, int]]:
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "Pulumi.prod.yaml").write_text(text)
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(commands, ["check", "--format", "json"])
    assert "planted" not in done.output
    diagnostics = json.loads(done.output)["diagnostics"]
    return [(each["code"], each["line"]) for each in diagnostics if each["code"][:3] == "DS4"]


def test_values_of_another_key_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "own words")
    assert found(tmp_path, monkeypatch) == [("DS407", 7), ("DS407", 8)]


def test_the_passphrase_may_be_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "words").write_text("own words\n")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(tmp_path / "words"))
    assert len(found(tmp_path, monkeypatch)) == 2


@pytest.mark.parametrize("passphrase", ["words of another stack", ""])
def test_the_passphrase_of_another_stack_decides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passphrase: str
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", passphrase)
    assert found(tmp_path, monkeypatch) == []


def test_another_secrets_provider_needs_no_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "own words")
    text = f"secretsprovider: awskms://alias/shop\nencryptedkey: QUJD\n{FILE}"
    assert found(tmp_path, monkeypatch, text) == []
