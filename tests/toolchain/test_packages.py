"""Tests of which plugins the installed packages need."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest

from dynostack.toolchain import versions
from dynostack.toolchain.packages import RequiredPlugin, required_plugins


def package(folder: Path, package: str, /, **description: object) -> None:
    (folder / package).mkdir(parents=True)
    (folder / package / "pulumi-plugin.json").write_text(json.dumps(description))


def test_installed_here() -> None:
    heroku = RequiredPlugin(
        "heroku", versions.HEROKU_PLUGIN_VERSION, "github://api.github.com/pulumiverse"
    )
    assert heroku in required_plugins()
    assert metadata.version("pulumiverse_heroku") == versions.HEROKU_PLUGIN_VERSION


def test_description_gives_the_version(tmp_path: Path) -> None:
    package(tmp_path, "pulumi_aws", resource=True, name="aws", version="7.1.0")
    assert required_plugins([str(tmp_path)]) == [RequiredPlugin("aws", "7.1.0")]


def test_package_without_a_plugin(tmp_path: Path) -> None:
    package(tmp_path, "pulumi_helpers", resource=False, name="helpers")
    assert required_plugins([str(tmp_path)]) == []


def test_first_folder_wins_as_in_an_import(tmp_path: Path) -> None:
    package(tmp_path / "first", "pulumi_aws", resource=True, name="aws", version="7.1.0")
    package(tmp_path / "second", "pulumi_aws", resource=True, name="aws", version="6.0.0")
    folders = [str(tmp_path / "first"), str(tmp_path / "second")]
    assert [plugin.version for plugin in required_plugins(folders)] == ["7.1.0"]


def test_package_without_a_version(tmp_path: Path) -> None:
    package(tmp_path, "pulumi_unknown", resource=True, name="unknown")
    with pytest.raises(metadata.PackageNotFoundError):
        required_plugins([str(tmp_path)])
