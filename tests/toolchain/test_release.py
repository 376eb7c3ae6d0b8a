"""Tests of downloading the official release, from a server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from dynostack.toolchain import build, digests, versions
from dynostack.toolchain.download import Network, Patience
from dynostack.toolchain.errors import ToolchainError, Unavailable, WrongChecksum
from dynostack.toolchain.machine import PROCESSORS, SYSTEMS
from dynostack.toolchain.release import ADDRESS_VARIABLE, Release, release_address
from tests.toolchain.parts import (
    ARCHIVE,
    CHECKSUMS,
    FOLDER,
    NO_PINS,
    Answer,
    Loopback,
    Told,
    archive_of,
    loopback,
    release_at,
    release_files,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "engine"
    folder.mkdir()
    return folder


@pytest.fixture
def release(releases: Loopback) -> Release:
    return release_at(releases)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_engine_and_language_host_are_extracted(
    releases: Loopback, release: Release, folder: Path, told: Told
) -> None:
    releases.publish(archive_of(release_files()))
    release.fetch(folder, told)
    assert names(folder) == {"pulumi", "pulumi-language-python", "pulumi-language-python-exec"}
    assert all(path.stat().st_mode & 0o111 for path in folder.iterdir())
    assert ARCHIVE in told.shown[0]


def test_wrong_checksum_is_refused_unopened(
    releases: Loopback, release: Release, folder: Path, told: Told
) -> None:
    releases.publish(archive_of(release_files()), checksum="a" * 64)
    with pytest.raises(WrongChecksum, match="has the wrong SHA-256 checksum"):
        release.fetch(folder, told)
    assert names(folder) == {ARCHIVE}


@pytest.fixture
def mirror() -> Iterator[Loopback]:
    """Serve a mirror that the user configured, with the official files or others."""
    with loopback() as site:
        yield site


def test_the_checksums_of_a_mirror_are_ignored(
    releases: Loopback, mirror: Loopback, folder: Path, told: Told
) -> None:
    releases.publish(archive_of(release_files()))
    mirror.publish(archive_of({**release_files(), "pulumi/python-more": b""}))
    with pytest.raises(WrongChecksum):
        release_at(releases, address=mirror.address).fetch(folder, told)
    assert names(folder) == {ARCHIVE}


def test_a_mirror_that_has_the_official_archive(
    releases: Loopback, mirror: Loopback, folder: Path, told: Told
) -> None:
    archive = archive_of(release_files())
    releases.publish(archive)
    mirror.publish(archive)
    release_at(releases, address=mirror.address).fetch(folder, told)
    assert releases.requests == [f"{FOLDER}/{CHECKSUMS}"]
    assert mirror.requests == [f"{FOLDER}/{ARCHIVE}"]
    assert told.said == [
        f"{ARCHIVE} has no pinned checksum; using Pulumi's own from {releases.address}"
    ]


def test_a_pinned_digest_overrides_all_others(
    releases: Loopback, mirror: Loopback, folder: Path, told: Told, tmp_path: Path
) -> None:
    archive = archive_of(release_files())
    releases.publish(archive)
    pinned = digests.pin(versions.ENGINE_VERSION, Network(), tmp_path, releases.address)
    assert pinned.name == CHECKSUMS
    # An attacker who controls Pulumi's site has replaced both.
    mirror.publish(archive_of({**release_files(), "pulumi/python-more": b""}))
    release = release_at(mirror, pins=tmp_path)

    with pytest.raises(WrongChecksum):
        release.fetch(folder, told)

    mirror.publish(archive)
    release.fetch(folder, told)
    assert set(mirror.requests) == {f"{FOLDER}/{ARCHIVE}"}
    assert told.said == []


def test_digests_of_an_earlier_version_are_removed(releases: Loopback, tmp_path: Path) -> None:
    (tmp_path / "pulumi-3.1.0-checksums.txt").write_text("")
    releases.publish(archive_of(release_files()))
    digests.pin(versions.ENGINE_VERSION, Network(), tmp_path, releases.address)
    assert names(tmp_path) == {CHECKSUMS}


def test_a_page_is_not_pinned(releases: Loopback, tmp_path: Path) -> None:
    releases.answers[f"{FOLDER}/{CHECKSUMS}"] = Answer(b"<html>log in to the network</html>")
    with pytest.raises(Unavailable, match="is not a list of checksums"):
        digests.pin(versions.ENGINE_VERSION, Network(), tmp_path, releases.address)
    assert names(tmp_path) == set()


def test_the_pins_are_of_this_version_and_for_every_machine() -> None:
    """Check the file that `make pins` writes, on a network that reaches Pulumi's releases."""
    for file in build.PINS.glob("pulumi-*-checksums.txt"):
        assert file.name == CHECKSUMS
        for system, processor in product(SYSTEMS.values(), PROCESSORS.values()):
            archive = f"pulumi-v{versions.ENGINE_VERSION}-{system}-{processor}.tar.gz"
            assert digests.pinned(archive, versions.ENGINE_VERSION)


def test_one_changed_byte_is_detected(
    releases: Loopback, release: Release, folder: Path, told: Told
) -> None:
    releases.publish(archive_of(release_files()))
    archive = releases.answers[f"{FOLDER}/{ARCHIVE}"]
    archive.body = archive.body[:-1] + bytes([archive.body[-1] ^ 1])
    with pytest.raises(WrongChecksum):
        release.fetch(folder, told)


def test_truncated_download_is_refused(
    releases: Loopback, release: Release, folder: Path, told: Told
) -> None:
    archive = archive_of(release_files())
    releases.publish(archive)
    half = len(archive) // 2
    releases.answers[f"{FOLDER}/{ARCHIVE}"] = Answer(archive[:half], promised=len(archive))
    with pytest.raises(Unavailable, match=f"ended after {half} of {len(archive)} bytes"):
        release.fetch(folder, told)


@pytest.mark.parametrize("missing", [CHECKSUMS, ARCHIVE])
def test_missing_file(
    releases: Loopback, release: Release, folder: Path, told: Told, missing: str
) -> None:
    releases.publish(archive_of(release_files()))
    del releases.answers[f"{FOLDER}/{missing}"]
    with pytest.raises(Unavailable, match=f"{missing} answers 404 Not Found"):
        release.fetch(folder, told)


def test_no_archive_for_this_machine(
    releases: Loopback, release: Release, folder: Path, told: Told
) -> None:
    releases.answers[f"{FOLDER}/{CHECKSUMS}"] = Answer(b"<html>log in to the network</html>")
    with pytest.raises(Unavailable, match=f"has no checksum of {ARCHIVE}"):
        release.fetch(folder, told)
    assert releases.requests == [f"{FOLDER}/{CHECKSUMS}"]


@pytest.mark.parametrize("hanging", [CHECKSUMS, ARCHIVE])
def test_silent_server_times_out(
    releases: Loopback, folder: Path, told: Told, hanging: str
) -> None:
    release = release_at(releases, network=Network(Patience(1, 1, 1)))
    releases.publish(archive_of(release_files()))
    releases.answers[f"{FOLDER}/{hanging}"] = Answer(hangs=True)
    with pytest.raises(Unavailable, match=hanging):
        release.fetch(folder, told)


def test_no_server(folder: Path, told: Told, unused_tcp_port: int) -> None:
    nowhere = f"http://127.0.0.1:{unused_tcp_port}"
    release = Release(address=nowhere, official=nowhere, pins=NO_PINS)
    with pytest.raises(Unavailable, match="Connection refused"):
        release.fetch(folder, told)


def test_redirect_is_followed(
    releases: Loopback, release: Release, folder: Path, told: Told
) -> None:
    releases.publish(archive_of(release_files()))
    releases.answers["/elsewhere"] = releases.answers[f"{FOLDER}/{ARCHIVE}"]
    releases.answers[f"{FOLDER}/{ARCHIVE}"] = Answer(status=302, location="/elsewhere")
    release.fetch(folder, told)
    assert (folder / "pulumi").is_file()


def test_nothing_is_written_outside_the_folder(
    releases: Loopback, release: Release, folder: Path, told: Told, tmp_path: Path
) -> None:
    outside = {
        "../pulumi-python-escaped": b"",
        "pulumi/../../pulumi-python-escaped": b"",
        f"{tmp_path}/python-escaped": b"",
    }
    links = {"pulumi/python-link": "/etc/passwd", "pulumi/python-folder": ".."}
    releases.publish(archive_of({**outside, **release_files()}, links))
    release.fetch(folder, told)
    assert names(tmp_path) == {"engine"}
    assert names(folder) == {"pulumi", "pulumi-language-python", "pulumi-language-python-exec"}


def test_release_that_does_not_run_here(
    releases: Loopback, release: Release, folder: Path, told: Told
) -> None:
    releases.publish(archive_of({"pulumi/pulumi": b"\x7fELF for another machine"}))
    with pytest.raises(Unavailable, match="does not run"):
        release.fetch(folder, told)


def test_official_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS_VARIABLE, raising=False)
    assert release_address() == digests.OFFICIAL
    assert Release().folder == f"{digests.OFFICIAL}/v{versions.ENGINE_VERSION}"


@pytest.mark.parametrize(
    "address",
    [
        "mirror",
        "file:///tmp",
        "https://me:secret@mirror.test/x",
        "http://mirror.test/x",
        "http://127.0.0.1.mirror.test/x",
        "http://10.0.0.1/x",
        "https:///x",
    ],
)
def test_invalid_address(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv(ADDRESS_VARIABLE, address)
    with pytest.raises(ToolchainError, match=ADDRESS_VARIABLE) as raised:
        release_address()
    assert "secret" not in str(raised.value)
