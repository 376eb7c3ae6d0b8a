"""Untrusted archives: what Heroku's tar accepts is accepted, traps are refused."""

from __future__ import annotations

import gzip
import io
import os
import random
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path
from tarfile import DIRTYPE, LNKTYPE, REGTYPE, SYMTYPE, XGLTYPE, XHDTYPE, TarInfo

import pytest

from localheroku.api.apps.setups import app_json
from localheroku.dynos import limits, links
from localheroku.dynos.source import BuildFailed, pack_slug, unpack, unpack_slug

MUTATIONS = 3_000 if os.environ.get("DYNOSTACK_SOAK") else 300
Content = tuple[TarInfo, bytes]


def member(name: str, kind: bytes = REGTYPE, link: str = "", content: bytes = b"") -> Content:
    info = TarInfo(name)
    info.type, info.linkname, info.size = kind, link, len(content)
    return info, content


def header(info: TarInfo) -> bytes:
    return info.tobuf(tarfile.GNU_FORMAT)


def tar(members: Iterable[Content], form: int = tarfile.PAX_FORMAT) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


class Unpacking:
    """Unpacks each archive into its own folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0

    def __call__(self, archive: bytes) -> Path:
        self._number += 1
        folder = self._folder / str(self._number)
        folder.mkdir()
        (folder / "archive").write_bytes(archive)
        unpack(folder / "archive", folder / "in/app")
        return folder / "in/app"

    def reason(self, archive: bytes) -> str:
        with pytest.raises(BuildFailed) as refused:
            self(archive)
        return str(refused.value)


@pytest.fixture
def unpacked(tmp_path: Path) -> Unpacking:
    return Unpacking(tmp_path)


def text_of(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("packed", [False, True])
def test_every_format(unpacked: Unpacking, form: int, packed: bool) -> None:
    long = "/".join(["folder"] * 16) + "/file"
    expected = {"a": b"1" * 1000, "é": b"2", "n\udcff": b"3", long: b"4" * 512}
    archive = tar((member(name, content=text) for name, text in expected.items()), form)
    assert text_of(unpacked(gzip.compress(archive) if packed else archive)) == expected


@pytest.mark.parametrize("form", ["gnu", "oldgnu", "posix", "ustar", "v7"])
def test_archives_that_tar_creates(unpacked: Unpacking, tmp_path: Path, form: str) -> None:
    files = tmp_path / "files"
    (files / "sub").mkdir(parents=True)
    (files / "text").write_text("text")
    (files / "sub/same").hardlink_to(files / "text")
    (files / "link").symlink_to("sub/same")
    with (files / "holes").open("wb") as holes:
        for place in range(0, 4_000_000, 100_000):
            holes.seek(place)
            holes.write(b"x")
    sparse = [] if form in ("ustar", "v7") else ["--sparse"]
    command = ["tar", f"--format={form}", *sparse, "-czf", str(tmp_path / "tgz"), "."]
    subprocess.run(command, cwd=files, check=True)

    folder = unpacked((tmp_path / "tgz").read_bytes())

    assert text_of(folder) == text_of(files)
    assert (folder / "text").samefile(folder / "sub/same")
    assert (folder / "link").readlink() == Path("sub/same")


def claim(kind: bytes, size: int) -> bytes:
    info = TarInfo("claim")
    info.type, info.size = kind, size
    return header(info)


def fields(kind: bytes, content: bytes) -> bytes:
    """Return a header with these fields, and the file that they describe."""
    padding = b"\0" * (-len(content) % tarfile.BLOCKSIZE)
    return claim(kind, len(content)) + content + padding + tar([member("file")])


@pytest.mark.parametrize(
    "kind", [XHDTYPE, XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK]
)
@pytest.mark.parametrize("size", [limits.MAX_HEADER_BYTES + 1, 1_500_000_000, 8**11 - 1])
def test_a_header_that_says_it_is_large(unpacked: Unpacking, kind: bytes, size: int) -> None:
    for before in (b"", header(TarInfo("first"))):
        message = unpacked.reason(before + claim(kind, size))
        assert f"a header has more than {limits.MAX_HEADER_BYTES} bytes" in message


def test_headers_of_headers(unpacked: Unpacking) -> None:
    small = fields(XHDTYPE, b"6 a=b\n")[: 2 * tarfile.BLOCKSIZE]
    assert "is not a readable tar.gz archive" in unpacked.reason(small * 100_000 + tar([]))


def test_common_fields_without_an_end(unpacked: Unpacking) -> None:
    names = "".join(f"13 k{number:06}=v\n" for number in range(1_500))
    message = unpacked.reason(fields(XGLTYPE, names.encode()))
    assert "more than 1000 global header fields" in message


def test_a_number_that_would_take_minutes_to_parse(unpacked: Unpacking) -> None:
    message = unpacked.reason(fields(XHDTYPE, b"1" * 100_000))
    assert "a header has a number of more than 255 digits" in message


def test_an_endless_map_of_holes(unpacked: Unpacking) -> None:
    """Check a map whose number of lines is in the content, so that no header limits it."""
    names = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "1"}
    info, content = member("holes", content=b"1000000\n" + b"0\n" * 1_000_000)
    info.pax_headers = names
    message = unpacked.reason(tar([(info, content)]))
    assert f"a header has more than {limits.MAX_HEADER_BYTES} bytes" in message


def test_a_file_that_is_one_hole(unpacked: Unpacking) -> None:
    info, content = member("holes", content=b"0\n".ljust(512, b"\0"))
    names = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(10**13)}
    info.pax_headers = names
    message = unpacked.reason(tar([(info, content)]))
    assert message == f"the source is too large: the limit is {limits.MAX_BYTES} bytes"


def test_more_files_than_the_limit(unpacked: Unpacking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_FILES", 5)
    members = [member("f", DIRTYPE), *(member(f"f/{number}") for number in range(4))]
    assert len(list(unpacked(tar(members)).iterdir())) == 4

    message = unpacked.reason(tar([*members, member("l", SYMTYPE, "f")]))

    assert message == "the source has more than 5 files and folders"


def test_content_after_the_end_counts(unpacked: Unpacking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 1_000_000)
    unpacked(gzip.compress(tar([member("f")]) + b"0" * 900_000))
    message = unpacked.reason(gzip.compress(tar([member("f")]) + b"0" * 1_100_000))
    assert message == "the source is too large: the limit is 1000000 bytes"


def test_folders_at_the_depth_limit(unpacked: Unpacking, tmp_path: Path) -> None:
    """Check the deepest folders, which stay valid in a slug, where they are one level deeper."""
    path = "/".join(["d"] * limits.MAX_DEPTH)
    folder = unpacked(tar([member(f"top/{path}/file"), member("top/Procfile")]))
    assert (folder / path / "file").is_file()

    pack_slug(folder, tmp_path / "slug.tgz")
    unpack_slug(tmp_path / "slug.tgz", tmp_path / "slug")

    assert (tmp_path / "slug/app" / path / "file").is_file()


@pytest.mark.parametrize("depth", [limits.MAX_DEPTH + 2, 1_500, 30_000])
@pytest.mark.parametrize("kind", [REGTYPE, DIRTYPE])
def test_folders_that_are_too_deep(unpacked: Unpacking, depth: int, kind: bytes) -> None:
    path = "/".join(["d"] * depth)
    message = unpacked.reason(tar([member("Procfile"), member(f"{path}/file", kind)]))
    assert message.endswith(f"in the source is inside more than {limits.MAX_DEPTH} folders")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("n" * 256, "the source cannot be unpacked: File name too long"),
        (
            "top/" + "/".join(["n" * 200] * 11),
            f"is longer than {limits.MAX_PATH_BYTES} bytes",
        ),
        ("n\n\x1b[2J\udcff" * 30, r"n\n\x1b[2J\xff"),
    ],
)
def test_names_that_are_long_or_cannot_be_printed(
    unpacked: Unpacking, name: str, words: str
) -> None:
    message = unpacked.reason(tar([member("a"), member(name), member("b", SYMTYPE, "/etc")]))
    if "\n" in name:
        message = unpacked.reason(tar([member("a"), member(f"../{name}")]))
    assert words in message
    assert message.isprintable()


@pytest.mark.parametrize(
    "members",
    [
        # A link is checked once all of them exist.
        [member("a", SYMTYPE, "b/.."), member("b", SYMTYPE, "."), member("c")],
        [member("a", SYMTYPE, "b/../x"), member("b", SYMTYPE, "."), member("c")],
        [
            member("d/a", SYMTYPE, "../e/../../.."),
            member("e", SYMTYPE, "d/f"),
            member("d/f", DIRTYPE),
        ],
        [member("a", SYMTYPE, "/app"), member("c")],
        # The top folder is removed, and with it the target of a link beside it.
        [member("top/a", SYMTYPE, "../b"), member("top/c")],
        [member("top/a", SYMTYPE, "../top/c"), member("top/c")],
        [member("a", SYMTYPE, "b"), member("b", SYMTYPE, ".."), member("a/evil")],
        [member("c"), member("d/a", LNKTYPE, "../../c")],
        [member("a", SYMTYPE, ".."), member("evil", LNKTYPE, "a/archive")],
        [member("/c")],
        [member("d/../c")],
    ],
)
def test_nothing_leads_out_of_the_folder(unpacked: Unpacking, members: list[Content]) -> None:
    assert "points outside the source's folder" in unpacked.reason(tar(members))


def test_links_that_are_harmless(unpacked: Unpacking) -> None:
    members = [
        member("run", SYMTYPE, "bin/run"),  # before what it leads to
        member("bin/run", content=b"1"),
        member("bin/up", SYMTYPE, "../bin/../run"),
        member("nothing", SYMTYPE, "not/there"),
        member("round", SYMTYPE, "round"),
        member("lib", SYMTYPE, "bin"),
        member("lib/more", content=b"2"),  # through a link to a folder
        member("twice", SYMTYPE, "bin/run"),
        member("twice", content=b"3"),  # the later one counts
    ]
    folder = unpacked(tar(members))
    assert (folder / "run").read_bytes() == (folder / "bin/up").read_bytes() == b"1"
    assert (folder / "bin/more").read_bytes() == b"2"
    assert (folder / "bin/run").read_bytes() == b"1"
    assert not (folder / "twice").is_symlink()


def test_links_that_take_long_to_follow(
    unpacked: Unpacking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MAX_STEPS", 10_000)
    around = "d/../" * 50
    members = [member(f"l{number}", SYMTYPE, f"{around}f") for number in range(1_000)]
    message = unpacked.reason(tar([member("d", DIRTYPE), *members]))
    assert (
        message == "the source's links take too long to follow: remove some of its symbolic links"
    )


def test_hard_links_are_the_same_file(unpacked: Unpacking, tmp_path: Path) -> None:
    members = [
        member("top/a", content=b"1"),
        member("top/link", SYMTYPE, "a"),
        member("top/d/b", LNKTYPE, "top/a"),
        member("top/d/link", LNKTYPE, "./top/link"),
        member("top/a", LNKTYPE, "top/a"),
        member("top/later", content=b"old"),
        member("top/later", LNKTYPE, "top/a"),
    ]
    folder = unpacked(tar(members))
    assert (folder / "a").samefile(folder / "d/b")
    assert (folder / "later").read_bytes() == b"1"
    assert (folder / "d/link").readlink() == Path("a")

    pack_slug(folder, tmp_path / "slug.tgz")
    unpack_slug(tmp_path / "slug.tgz", tmp_path / "slug")

    assert text_of(tmp_path / "slug/app") == text_of(folder)


@pytest.mark.parametrize("target", ["none", "later", "d", ".", "", "none/file"])
def test_hard_links_to_nothing(unpacked: Unpacking, target: str) -> None:
    members = [member("d", DIRTYPE), member("a", LNKTYPE, target), member("later")]
    message = unpacked.reason(tar(members))
    assert message == f"a in the source is a hard link to {target}, which is not an earlier file"


@pytest.mark.parametrize(
    "members",
    [
        [member("a"), member("a/b")],
        [member("a"), member("a", DIRTYPE)],
        [member("a/b"), member("a")],
        [member("a/b"), member("a", SYMTYPE, "c")],
        [member("."), member("a")],
    ],
)
def test_a_name_that_is_a_file_and_a_folder(unpacked: Unpacking, members: list[Content]) -> None:
    assert "folder" in unpacked.reason(tar(members))


def damaged(archive: bytes, place: int) -> bytes:
    return archive[:place] + bytes([archive[place] ^ 0xFF]) + archive[place + 1 :]


def test_a_truncated_archive(unpacked: Unpacking) -> None:
    plain = tar([member("a", content=b"1" * 600), member("b")])
    packed = gzip.compress(plain)
    second = 3 * tarfile.BLOCKSIZE
    broken = {
        "trailer cut off": packed[:-1],
        "trailer missing": packed[:-8],
        "checksum": damaged(packed, len(packed) - 8),
        "length": damaged(packed, len(packed) - 1),
        "content cut off": packed[:-20],
        "something after it": packed + b"more",
        "plain, cut off in content": plain[: second - 600],
        "plain, cut off between members": plain[:second],
        "plain, cut off in a header": plain[: second + 100],
        "plain, without an end": plain[: second + tarfile.BLOCKSIZE],
        "plain, second header damaged": damaged(plain, second),
        "second header damaged": gzip.compress(damaged(plain, second)),
        "nothing": b"",
        "no archive": b"web: serve\n",
        "another compression": b"BZh91AY&SY",
    }
    for archive in broken.values():
        assert "is not a readable tar.gz archive" in unpacked.reason(archive)
    # Valid for tar: several gzip members, zeros after them, no end in a whole gzip.
    for archive in (
        gzip.compress(plain[:700]) + gzip.compress(plain[700:]) + b"\0" * 100,
        gzip.compress(plain[: second + tarfile.BLOCKSIZE]),
    ):
        assert set(text_of(unpacked(archive))) == {"a", "b"}


def test_any_bytes_are_unpacked_or_refused(unpacked: Unpacking) -> None:
    chance = random.Random(12)
    info, content = member("holes", content=b"1\n0\n3\n".ljust(512, b"\0") + b"abc")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
    archive = tar(
        [
            member("a/" * 60 + "é", content=b"1"),
            member("l", SYMTYPE, "a"),
            member("h", LNKTYPE, "l"),
            (info, content),
        ]
    )
    unpacked(archive)
    for _ in range(MUTATIONS):
        changed = bytearray(archive)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(len(changed))] = chance.choice(b"\0 018\xff\x80xgLS/=\n")
        for start in range(0, len(changed), tarfile.BLOCKSIZE):
            # Most headers get a correct checksum again; otherwise nothing after it would be read.
            block = changed[start : start + tarfile.BLOCKSIZE]
            if block[257:262] == b"ustar" and chance.random() < 0.9:
                total = sum(block[:148]) + 8 * ord(" ") + sum(block[156:])
                changed[start + 148 : start + 155] = b"%06o\0" % total
        try:
            unpacked(bytes(changed))
        except BuildFailed as error:
            assert str(error).isprintable()  # noqa: PT017 - there need not be an error


def test_a_manifest_is_searched_for_within_the_same_limits(tmp_path: Path) -> None:
    for number, archive in enumerate([claim(XHDTYPE, 1_500_000_000), gzip.compress(b"")]):
        path = tmp_path / str(number)
        path.write_bytes(archive)
        with pytest.raises(app_json.ManifestRefused, match="the source is not a readable"):
            app_json.read(path, {})


def test_every_file_can_be_read(unpacked: Unpacking) -> None:
    info, content = member("a", content=b"1")
    info.mode = 0
    folder = unpacked(tar([(info, content)]))
    assert (folder / "a").stat().st_mode & 0o777 == 0o644
