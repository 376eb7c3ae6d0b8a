"""Builds of small sources. Their packages come from folders here, as tests have no network."""

from __future__ import annotations

import asyncio
import io
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from localheroku.core.backends import BuildContext
from localheroku.dynos import limits
from localheroku.dynos.builder import BuildFailed, CompiledSlug, SlugBuilder
from localheroku.dynos.source import explain_no_types, process_types, unpack
from tests.localheroku.dynos.slugs import APP

pytestmark = pytest.mark.long

SETUP = (
    "from setuptools import setup\nsetup(name='greeting', version='1.0', py_modules=['greeting'])"
)
WEB = {"Procfile": "web: python -m http.server $PORT\n", "requirements.txt": "# nothing\n"}
MANAGE = """
import os, pathlib, sys
if "BROKEN" in os.environ:
    sys.exit("KeyError: 'SECRET_KEY'")
pathlib.Path("static").mkdir()
print("collected with", os.environ["SECRET"], sys.argv, os.environ["PYTHONPATH"])
"""


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlugBuilder]:
    """Return one builder for all tests, as an environment takes seconds to create and is shared."""
    builder = SlugBuilder(tmp_path_factory.mktemp("data"))
    yield builder
    builder.close()


def pack(path: Path, files: Mapping[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return path


class Output(list[str]):
    """The lines of a build."""

    async def of(
        self, builder: SlugBuilder, archive: Path, env: Mapping[str, str] | None = None
    ) -> CompiledSlug:
        return await builder.build("b-1", archive, self.append, BuildContext(APP, env or {}))

    def has(self, text: str) -> bool:
        return any(text in line for line in self)


def found(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))


def there(*paths: Path) -> list[bool]:
    return [path.exists() for path in paths]


async def test_a_source_becomes_a_slug_with_its_packages(
    builder: SlugBuilder, tmp_path: Path
) -> None:
    package = tmp_path / "greeting"
    package.mkdir()
    (package / "setup.py").write_text(SETUP)
    (package / "greeting.py").write_text("TEXT = 'hello'")
    wheels = _wheel(package, tmp_path / "wheels")
    requirements = f"--no-index\n--find-links {wheels}\ngreeting==1.0\n"
    files = WEB | {
        "requirements.txt": requirements,
        "shop/__init__.py": "",
        ".slugignore": "docs\n",
    }
    archive = pack(tmp_path / "source.tgz", files | {"docs/a.md": "ignored"})
    first, second = Output(), Output()
    slug = await first.of(builder, archive)
    assert slug.process_types == {"web": "python -m http.server $PORT"}
    assert slug.size == sum(len(text) for text in files.values())
    assert there(slug.path / "app" / "shop" / "__init__.py") == [True]
    assert first.has("-----> Installing dependencies using 'pip install -r requirements.txt'")
    assert first.has("Successfully installed greeting-1.0")
    assert first.has("Procfile declares types -> web")
    python = slug.path / "environment" / "bin" / "python"
    assert _run(python, "import greeting; print(greeting.TEXT)") == "hello"

    again = await second.of(builder, archive)
    assert again.id != slug.id
    assert second.has("Using cached install")
    assert not second.has("Successfully installed")
    await builder.forget(slug.id)
    await builder.forget(slug.id)
    assert there(slug.path, again.path) == [False, True]
    assert _run(again.path / "environment" / "bin" / "python", "import greeting; print(1)") == "1"


async def test_a_source_without_a_procfile_is_built(builder: SlugBuilder, tmp_path: Path) -> None:
    output = Output()
    archive = pack(tmp_path / "source.tgz", {"requirements.txt": "# nothing\n"})
    assert (await output.of(builder, archive)).process_types == {}
    assert output.has("Procfile declares types -> (none)")
    assert output.has(" !     the source declares no process types, so that nothing runs: write a")


async def test_a_slug_that_is_too_large(
    builder: SlugBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("localheroku.dynos.builder.LARGEST_BYTES", 2_000)
    archive = pack(tmp_path / "source.tgz", WEB | {"large": "x" * 3_000})
    with pytest.raises(BuildFailed, match=r"Compiled slug size: 3.0K is too large \(max is 2.0K"):
        await Output().of(builder, archive)


async def test_a_file_of_two_names_is_built_and_counts_once(
    builder: SlugBuilder, tmp_path: Path
) -> None:
    files = WEB | {"data": "x" * 1_000}
    archive = pack(tmp_path / "source.tar", files)
    with tarfile.open(archive, "r:gz") as packed, tarfile.open(tmp_path / "linked", "w:gz") as tar:
        for member_ in packed:
            tar.addfile(member_, packed.extractfile(member_))
        tar.addfile(member("same", tarfile.LNKTYPE, "data"))

    slug = await Output().of(builder, tmp_path / "linked")

    assert (slug.path / "app/same").samefile(slug.path / "app/data")
    assert slug.size == sum(map(len, files.values()))


async def test_a_build_that_is_canceled_while_it_unpacks_leaves_nothing(tmp_path: Path) -> None:
    builder = SlugBuilder(tmp_path / "data")
    archive = pack(tmp_path / "source.tgz", {f"{number}": "x" for number in range(5_000)})
    output = Output()
    building = asyncio.create_task(output.of(builder, archive))
    while not found(tmp_path, "data/slugs/*/app/1"):  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(0)

    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building

    assert found(tmp_path, "data/slugs/*") == []
    builder.close()


async def test_an_unavailable_package_fails_the_build(tmp_path: Path) -> None:
    builder = SlugBuilder(tmp_path / "data")
    files = WEB | {"requirements.txt": "--no-index\nno-such-package==1.0\n"}
    output = Output()
    with pytest.raises(BuildFailed, match="Unable to install dependencies using pip"):
        await output.of(builder, pack(tmp_path / "source.tgz", files))
    assert output.has("No matching distribution found for no-such-package==1.0")
    assert output.has(" !     Build b-1 failed")
    assert list_of(tmp_path / "data" / "slugs") == []
    assert list_of(tmp_path / "data" / "environments") == []
    builder.close()


def list_of(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture(scope="module")
def django(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an app's files with a package that is called Django."""
    folder = tmp_path_factory.mktemp("django")
    (folder / "package/django").mkdir(parents=True)
    (folder / "package/django/__init__.py").touch()
    setup = "from setuptools import setup\nsetup(name='Django', version='5.2', packages=['django'])"
    (folder / "package/setup.py").write_text(setup)
    wheels = _wheel(folder / "package", folder / "wheels")
    return WEB | {"requirements.txt": f"--no-index\n--find-links {wheels}\nDjango==5.2\n"}


@pytest.mark.parametrize("file", ["manage.py", "site/manage.py", "src/site/manage.py"])
async def test_collectstatic_runs_with_the_config_vars(
    builder: SlugBuilder, tmp_path: Path, django: dict[str, str], file: str
) -> None:
    archive = pack(tmp_path / "source.tgz", django | {file: MANAGE})
    output = Output()
    slug = await output.of(builder, archive, {"SECRET": "a secret"})
    assert output.has(f"-----> $ python {file} collectstatic --noinput")
    assert output.has(f"collected with a secret ['{file}', 'collectstatic', '--noinput'] .")
    assert there(slug.path / "app" / "static") == [True]


async def test_collectstatic_is_skipped_for_a_reason(
    builder: SlugBuilder, tmp_path: Path, django: dict[str, str]
) -> None:
    files = django | {"manage.py": MANAGE}
    output = Output()
    archive = pack(tmp_path / "disabled.tgz", files)
    slug = await output.of(builder, archive, {"DISABLE_COLLECTSTATIC": "1"})
    assert output.has("-----> Skipping collectstatic, as DISABLE_COLLECTSTATIC is set")
    assert there(slug.path / "app" / "static") == [False]
    await output.of(builder, pack(tmp_path / "deep.tgz", django | {"a/b/c/manage.py": MANAGE}))
    assert output.has("-----> Skipping collectstatic, as there is no manage.py")
    elsewhere = Output()
    await elsewhere.of(builder, pack(tmp_path / "other.tgz", WEB | {"manage.py": MANAGE}))
    assert not elsewhere.has("collectstatic"), "it has no Django"


async def test_a_failing_collectstatic_fails_the_build(
    builder: SlugBuilder, tmp_path: Path, django: dict[str, str]
) -> None:
    archive = pack(tmp_path / "source.tgz", django | {"manage.py": MANAGE})
    output = Output()
    with pytest.raises(BuildFailed, match="collectstatic failed: see the lines above"):
        await output.of(builder, archive, {"BROKEN": "1"})
    assert output.has("       KeyError: 'SECRET_KEY'")
    assert not output.has("STATIC_ROOT"), "it is not the cause"


PRE_COMPILE = """
test -x bin/pre_compile && cat $ENV_DIR/SECRET && echo " in ${PWD##*/}, $(ls $CACHE_DIR)"
echo > requirements.txt
echo 'web: serve' > Procfile
touch $CACHE_DIR/kept $HOME/lost
"""
POST_COMPILE = "#!/bin/sh\nset -e\npython -c 'import sys; print(sys.prefix)' > built.txt\n"


async def test_hooks_take_part_in_the_build(builder: SlugBuilder, tmp_path: Path) -> None:
    files = {"bin/pre_compile": PRE_COMPILE, "bin/post_compile": POST_COMPILE, "README": ""}
    archive = pack(tmp_path / "source.tgz", files)
    first, second = Output(), Output()
    slug = await first.of(builder, archive, {"SECRET": "a secret"})
    assert first.has("-----> Running bin/pre_compile hook")
    assert first.has("       a secret in app, ")
    assert slug.process_types == {"web": "serve"}
    environment = (slug.path / "environment").resolve()
    assert (slug.path / "app/built.txt").read_text().strip() == str(environment)
    assert sorted(list_of(slug.path)) == ["app", "buildpacks", "environment"]
    await second.of(builder, archive, {"SECRET": "a secret"})
    assert second.has("       a secret in app, kept")
    await builder.forget_app(APP)
    third = Output()
    await third.of(builder, archive, {"SECRET": "a secret"})
    assert not third.has("kept")


async def test_a_failed_hook_fails_the_build(builder: SlugBuilder, tmp_path: Path) -> None:
    archive = pack(tmp_path / "source.tgz", WEB | {"bin/post_compile": "echo no luck\nexit 4\n"})
    output = Output()
    with pytest.raises(BuildFailed, match="the bin/post_compile script: it exited with status 4"):
        await output.of(builder, archive)
    assert output.has("       no luck")


async def test_an_invalid_archive_is_reported(builder: SlugBuilder, tmp_path: Path) -> None:
    archive = tmp_path / "source.tgz"
    archive.write_text("no archive")
    with pytest.raises(BuildFailed, match=r"not a readable tar\.gz archive"):
        await Output().of(builder, archive)


def test_an_archive_with_one_top_folder_is_the_source_in_it(tmp_path: Path) -> None:
    app = tmp_path / "app"
    unpack(pack(tmp_path / "source.tgz", {f"shop-1/{name}": WEB[name] for name in WEB}), app)
    assert sorted(list_of(app)) == sorted(WEB)


def test_a_procfile_is_read(tmp_path: Path) -> None:
    text = "# comment\n\nweb: gunicorn shop.wsgi --bind :$PORT\nmy-job_2 :  run: it  \n"
    (tmp_path / "Procfile").write_text(text)
    assert process_types(tmp_path) == {
        "web": "gunicorn shop.wsgi --bind :$PORT",
        "my-job_2": "run: it",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("web: a\nwhat is this\n", "line 2 of the Procfile is not `type: command`: what is this"),
        ("web:\n", "line 1 of the Procfile"),
    ],
)
def test_an_invalid_procfile_is_reported(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "Procfile").write_text(text)
    with pytest.raises(BuildFailed, match=message):
        process_types(tmp_path)


@pytest.mark.parametrize("text", [None, "", "\n# only this\n"])
def test_a_source_needs_no_process_types(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "Procfile").write_text(text)
    assert process_types(tmp_path) == {}
    assert "a Procfile into its top folder with a line such as `web: " in explain_no_types(tmp_path)


def test_a_procfile_in_an_inner_folder_is_pointed_out(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/Procfile").touch()
    assert "Procfile is in the source's folder shop, but Heroku" in explain_no_types(tmp_path)


def member(
    name: str, kind: bytes = tarfile.REGTYPE, link: str = "", mode: int = 0o644
) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, link, mode
    return info


def extract(tmp_path: Path, *members: tarfile.TarInfo) -> Path:
    archive = tmp_path / "source.tar"
    with tarfile.open(archive, "w") as tar:
        for info in members:
            tar.addfile(info, io.BytesIO())
    unpack(archive, tmp_path / "in" / "app")
    return tmp_path / "in" / "app"


def test_a_small_archive_cannot_fill_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 2 * tarfile.BLOCKSIZE)
    for folder in ("two", "three"):
        (tmp_path / folder).mkdir()
    extract(tmp_path / "two", member("a"), member("b"))

    with pytest.raises(BuildFailed, match="the source is too large: the limit is 1024 bytes"):
        extract(tmp_path / "three", member("a"), member("b"), member("c"))


@pytest.mark.parametrize(
    "members",
    [
        [member("../evil")],
        [member("/tmp/evil")],  # noqa: S108
        [member("a/../../evil")],
        [member("link", tarfile.SYMTYPE, "/etc")],
        [member("link", tarfile.SYMTYPE, "../..")],
        [member("round", tarfile.SYMTYPE, "round"), member("round/x")],
        [member("b", tarfile.SYMTYPE, "."), member("b/link", tarfile.SYMTYPE, "..")],
        [
            member("deep/dir", tarfile.DIRTYPE),
            member("a", tarfile.SYMTYPE, "b/.."),
            member("b", tarfile.SYMTYPE, "."),
            member("a/evil"),
        ],
    ],
)
def test_nothing_points_outside_the_sources_folder(
    tmp_path: Path, members: list[tarfile.TarInfo]
) -> None:
    with pytest.raises(BuildFailed, match="points outside the source's folder"):
        extract(tmp_path, *members)
    assert not (tmp_path / "evil").exists()
    assert not (tmp_path / "in" / "evil").exists()


@pytest.mark.parametrize("top", ["", "shop-1/"])
@pytest.mark.parametrize("name", [".venv", "venv"])
def test_a_virtual_environment_in_the_source_is_refused(
    tmp_path: Path, top: str, name: str
) -> None:
    python = member(f"{top}{name}/bin/python", tarfile.SYMTYPE, "/usr/bin/python3")
    with pytest.raises(BuildFailed, match=rf"Existing '{re.escape(name)}/' directory found: the"):
        extract(tmp_path, member(f"{top}Procfile"), member(f"{top}{name}/pyvenv.cfg"), python)


def test_a_device_is_not_allowed_in_a_source(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match="pipe in the source is not a file, folder or link"):
        extract(tmp_path, member("pipe", tarfile.FIFOTYPE))


def test_links_inside_and_modes_are_kept(tmp_path: Path) -> None:
    app = extract(
        tmp_path,
        member("./", tarfile.DIRTYPE),
        member("./bin/run", mode=0o755),
        member("./run", tarfile.SYMTYPE, "bin/run"),
        member("./data", mode=0o666),
    )
    assert os.access(app / "run", os.X_OK)
    assert (app / "run").readlink() == Path("bin/run")
    assert (app / "data").stat().st_mode & 0o777 == 0o644


def _wheel(package: Path, wheels: Path) -> Path:
    build = ["pip", "wheel", "-q", "--no-build-isolation", "--no-deps", "--no-index", "-w"]
    options = [str(wheels), str(package), "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", *build, *options], check=True)
    return wheels


def _run(python: Path, program: str) -> str:
    done = subprocess.run([python, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()
