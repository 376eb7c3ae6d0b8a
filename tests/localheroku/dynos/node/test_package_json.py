"""What the buildpack reads of a package.json, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from localheroku.dynos.node import package_json
from localheroku.dynos.source import BuildFailed


def source(folder: Path, content: object, *files: str) -> Path:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "package.json").write_text(text)
    for file in files:
        (folder / file).touch()
    return folder


def test_the_fields_are_read(tmp_path: Path) -> None:
    content = {
        "engines": {"node": 20},
        "packageManager": "pnpm@9.15.9+sha512.abc",
        "cacheDirectories": ["node_modules", "web/dist"],
        "scripts": {"build": "vite build"},
    }
    manifest = package_json.read(source(tmp_path, content))
    assert (manifest.engines, manifest.scripts) == ({"node": "20"}, {"build": "vite build"})
    assert (manifest.version("pnpm"), manifest.version("yarn")) == ("9.15.9", "")
    assert manifest.cache_directories == ("node_modules", "web/dist")


@pytest.mark.parametrize("content", [{}, {"engines": [], "scripts": None, "cacheDirectories": 1}])
def test_fields_of_a_wrong_type_are_left_out(tmp_path: Path, content: object) -> None:
    manifest = package_json.read(source(tmp_path, content))
    assert (manifest.engines, manifest.scripts, manifest.cache_directories) == ({}, {}, ())


@pytest.mark.parametrize(
    ("content", "files", "message"),
    [
        ('{"name": "shop",}', (), r"Unable to parse your package.json: line 1, column 17: .*; fix"),
        ("[]", (), "it has no object at its top level"),
        (
            {},
            ("yarn.lock", "package-lock.json"),
            r"lockfiles found: package-lock.json \(npm\), yar",
        ),
        ({}, ("pnpm-lock.yaml", "npm-shrinkwrap.json"), "pnpm-lock.yaml conflicts with npm-shrink"),
        (
            {"engines": {"npm": "10"}, "packageManager": "yarn@4.9.0"},
            (),
            "Multiple package managers declared in package.json: engines.npm, packageManager; keep",
        ),
        ({"engines": {"iojs": "1.0.3"}}, (), "io.js is no longer supported: remove"),
        ({}, (".heroku",), "the source has a file .heroku, where the buildpack puts its programs"),
    ],
)
def test_what_the_buildpack_refuses(
    tmp_path: Path, content: object, files: tuple[str, ...], message: str
) -> None:
    with pytest.raises(BuildFailed, match=message):
        package_json.read(source(tmp_path, content, *files))


def test_a_package_json_in_a_folder_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=r"has no package.json in its top folder, which heroku/n"):
        package_json.read(tmp_path)
    (tmp_path / "web").mkdir()
    source(tmp_path / "web", {})
    with pytest.raises(BuildFailed, match=r"package.json is in the source's folder web, but"):
        package_json.read(tmp_path)
