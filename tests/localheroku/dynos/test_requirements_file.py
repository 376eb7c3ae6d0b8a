"""What a requirements.txt says about how it can be installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from localheroku.dynos import requirements_file


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only this\n\n",
        "Django==5.2.1",
        "psycopg[binary,pool] == 3.2.1 ; python_version >= '3.12'  # why\n",
        "a==1!2.0.post1+local \\\n    --hash=sha256:0a1b \\\n    --hash=sha256:ffff\n",
        "-r more.txt\n--requirement=more.txt\n",
        "tzdata==2026.6 ; sys_platform == 'win32' \\\n    --hash=sha256:aa\n",
    ],
)
def test_exact_versions_are_pinned(tmp_path: Path, text: str) -> None:
    (tmp_path / "requirements.txt").write_text(text)
    assert requirements_file.is_pinned([tmp_path / "requirements.txt"])


@pytest.mark.parametrize(
    "line",
    [
        "Django",
        "Django>=5",
        "Django==5.*",
        "Django===5.2",
        "Django==5.2,<6",
        "-i https://packages.example/simple",
        "--index-url https://packages.example/simple",
        "--no-binary :all:",
        "--pre",
        "-c constraints.txt",
        "-e .",
        "./package",
        "shop @ https://packages.example/shop-1.whl",
        "git+https://git.example/shop.git@v1",
        "Django==${VERSION}",
        'Django==5.2 --config-settings="a=b"',
        "Django==5.2 ; python_version >= '3' --no-binary",
    ],
)
def test_everything_else_is_left_to_pip(tmp_path: Path, line: str) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(f"asgiref==3.8\n{line}\n")
    assert not requirements_file.is_pinned([file])


def test_included_files_belong_to_it(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    top, inner = tmp_path / "requirements.txt", tmp_path / "requirements" / "prod.txt"
    top.write_text("-rrequirements/prod.txt\n-r requirements/missing.txt\n")
    inner.write_text("--requirement=../requirements.txt\nDjango==5.2 --hash=sha256:aa\n")
    assert requirements_file.with_included(top) == [top, tmp_path / "requirements/prod.txt"]
    assert requirements_file.has_hashes([top, inner])
    assert not requirements_file.has_hashes([top])
