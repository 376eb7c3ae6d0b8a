"""Pushes that no ordinary Git makes: other references, replaced objects, odd trees."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence

import pytest

from localheroku.dynos import limits
from tests.localheroku.client import Api
from tests.localheroku.git.conftest import Project

NOT_TAKEN = "is neither a branch nor a tag"
FILE, FOLDER, LINK, SUBMODULE = "100644", "40000", "120000", "160000"

Entry = tuple[str, bytes, str]
"""Mode, name and object, as a tree has them."""


def object_of(project: Project, kind: str, content: bytes) -> str:
    """Store an object without Git's checks, which reject an odd tree; return its name."""
    written = f"{kind} {len(content)}\0".encode() + content
    name = hashlib.sha1(written).hexdigest()  # noqa: S324 - the name that Git gives it
    file = project.folder / ".git/objects" / name[:2] / name[2:]
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(zlib.compress(written))
    return name


def write_tree(project: Project, content: bytes) -> str:
    return object_of(project, "tree", content)


def tree_of(project: Project, *entries: Entry) -> str:
    written = (
        f"{mode} ".encode() + name + b"\0" + bytes.fromhex(id_) for mode, name, id_ in entries
    )
    return write_tree(project, b"".join(written))


async def commit_of(project: Project, *entries: Entry) -> str:
    """Return a commit whose tree has a Procfile and these entries."""
    procfile = object_of(project, "blob", b"web: serve")
    tree = tree_of(project, (FILE, b"Procfile", procfile), *entries)
    return await project.git("commit-tree", "-m", "Odd", tree)


async def reason(project: Project, commit: str) -> str:
    """Return why the push of a commit is declined."""
    output = await project.push("heroku", f"{commit}:refs/heads/main", fails=True)
    (rejection,) = (line for line in output if line.startswith("!\t"))
    return rejection.removeprefix("!\t")


def tracebacks(caplog: pytest.LogCaptureFixture) -> Sequence[str]:
    return [record.getMessage() for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    "reference",
    ["refs/replace/{blob}", "refs/notes/commits", "refs/remotes/origin/main", "refs/a\u2028b"],
)
async def test_only_branches_and_tags_are_taken(
    api: Api, project: Project, reference: str, caplog: pytest.LogCaptureFixture
) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    blob = await project.git("rev-parse", "HEAD:Procfile")
    name = reference.format(blob=blob)

    output = await project.push("heroku", f"HEAD:{name}", "HEAD:refs/heads/main", fails=True)

    (rejection,) = (line for line in output if line.startswith("!\t"))
    assert NOT_TAKEN in rejection
    assert await project.git("ls-remote", "heroku") == ""
    assert await api.get("/apps/shop/builds") == []
    assert tracebacks(caplog) == []


async def test_an_existing_replacement_is_ignored(api: Api, project: Project) -> None:
    """Check a replacement from an earlier version, or one written into the repository's folder."""
    app = await api.app()
    await project.commit(Procfile="web: serve")
    await project.push("heroku", "main")
    evil = object_of(project, "blob", b"evil: serve")
    repository = await api.heroku.platform.repositories.of(app["id"])
    (project.folder / "Procfile").write_text("web: honest")
    good = object_of(project, "blob", b"web: honest")
    await project.git("push", str(repository), f"{evil}:refs/replace/{good}")
    head = await project.git("rev-parse", "HEAD")
    await project.git("push", str(repository), f"{evil}:refs/replace/{head}")

    await project.commit()
    await project.push("heroku", "main")

    build = (await api.get("/apps/shop/builds"))[-1]
    slug = await api.get(f"/apps/shop/slugs/{build['slug']['id']}")
    assert slug["process_types"] == {"web": "honest"}
    await project.push("heroku", "--delete", f"refs/replace/{head}")


@pytest.mark.parametrize("name", [b".git", b".GIT", b"..", b"."])
@pytest.mark.parametrize("nested", [False, True])
async def test_names_that_no_file_can_have(
    api: Api, project: Project, name: bytes, nested: bool, caplog: pytest.LogCaptureFixture
) -> None:
    await api.app()
    blob = object_of(project, "blob", b"[core]\n")
    entry = (FILE, name, blob)
    if nested:
        entry = (FOLDER, b"deep", tree_of(project, entry))

    message = await reason(project, await commit_of(project, entry))

    assert message.startswith("Push rejected, ")
    assert message.endswith("is not a valid file name")
    assert tracebacks(caplog) == []


async def test_two_files_of_one_name(api: Api, project: Project) -> None:
    await api.app()
    one, two = (object_of(project, "blob", text) for text in (b"one", b"two"))
    commit = await commit_of(project, (FILE, b"x", one), (FILE, b"y", one), (FILE, b"x", two))

    assert await reason(project, commit) == "Push rejected, the commit contains x twice"


async def test_names_that_differ_in_case_only_are_two(api: Api, project: Project) -> None:
    await api.app()
    blob = object_of(project, "blob", b"1")
    commit = await commit_of(project, (FILE, b"a", blob), (FILE, b"procfile", blob))
    await project.push("heroku", f"{commit}:refs/heads/main")


async def test_an_endless_tree(api: Api, project: Project) -> None:
    """Nest ten times ten times ten ... the same folder: a few kilobytes that are 10**12 files."""
    await api.app()
    folder = tree_of(project, (FILE, b"f", object_of(project, "blob", b"")))
    for _ in range(12):
        folder = tree_of(project, *((FOLDER, str(n).encode(), folder) for n in range(10)))

    message = await reason(project, await commit_of(project, (FOLDER, b"bomb", folder)))

    assert (
        message == f"Push rejected, the commit has more than {limits.MAX_FILES} files and folders"
    )


async def test_a_tree_that_is_large(
    api: Api, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 100_000)
    await api.app()
    blob = object_of(project, "blob", b"0" * 10_000)
    entries = [(FILE, str(number).encode(), blob) for number in range(10)]

    message = await reason(project, await commit_of(project, *entries))

    assert message == "Push rejected, the commit's files have more than 100000 bytes"


@pytest.mark.parametrize("depth", [limits.MAX_DEPTH + 1, 1_500])
async def test_a_tree_that_is_deep(
    api: Api, project: Project, depth: int, caplog: pytest.LogCaptureFixture
) -> None:
    await api.app()
    content = b"100644 f\0" + bytes.fromhex(object_of(project, "blob", b""))
    for _ in range(depth):
        content = b"40000 d\0" + bytes.fromhex(write_tree(project, content))
    folder = write_tree(project, content)

    message = await reason(project, await commit_of(project, (FOLDER, b"d", folder)))

    assert message.startswith("Push rejected, d/d/d/d/")
    assert message.endswith(f"is inside more than {limits.MAX_DEPTH} folders")
    assert tracebacks(caplog) == []


async def test_a_tree_at_the_depth_limit(api: Api, project: Project) -> None:
    await api.app()
    path = "/".join(["d"] * limits.MAX_DEPTH)
    (project.folder / path).mkdir(parents=True)
    (project.folder / path / "f").touch()
    await project.commit(Procfile="web: serve")
    await project.push("heroku", "main")


async def test_a_path_that_is_long(api: Api, project: Project) -> None:
    await api.app()
    blob = object_of(project, "blob", b"")
    commit = await commit_of(project, (FILE, b"x" * (limits.MAX_PATH_BYTES + 1), blob))

    message = await reason(project, commit)

    assert message.endswith(f"xxx... is longer than {limits.MAX_PATH_BYTES} bytes")


async def test_an_entry_whose_mode_does_not_match_its_object(
    api: Api, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    await api.app()
    blob = object_of(project, "blob", b"")
    commit = await commit_of(project, (FOLDER, b"folder", blob))

    output = await project.push("heroku", f"{commit}:refs/heads/main", fails=True)

    assert any("folder" in line or blob in line for line in output)
    assert tracebacks(caplog) == []


async def test_a_submodule_whose_name_looks_like_the_verdict(api: Api, project: Project) -> None:
    await api.app()
    head = await project.commit(Procfile="web: serve")
    name = b"x\naccepted\n \xff\x1b[2J"
    blob = object_of(project, "blob", b"")
    commit = await commit_of(project, (SUBMODULE, name, head), (FILE, b"..", blob))

    output = await project.push("heroku", f"{commit}:refs/heads/main", fails=True)

    assert "!\tPush rejected, ..: .. is not a valid file name" in output
    assert await project.git("ls-remote", "heroku") == ""


@pytest.mark.parametrize("branch", ["main", "master"])
async def test_a_branch_that_conflicts_with_the_deployed_one(
    api: Api, project: Project, branch: str
) -> None:
    """Check that a push is declined after which Git would accept no other push to main."""
    await api.app()
    await project.commit(Procfile="web: serve")

    output = await project.push("heroku", f"HEAD:refs/heads/{branch}/x", fails=True)

    words = f"refs/heads/{branch}/x conflicts with the branch {branch}"
    assert f"!\tPush rejected, {words}" in output


async def test_a_branch_whose_name_has_a_line_break_of_unicode(
    api: Api, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    await project.push("heroku", "HEAD:refs/heads/a\u2028b\x85c")
    assert tracebacks(caplog) == []
