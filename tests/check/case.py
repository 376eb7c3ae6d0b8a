"""A case: a folder of tests/check/cases with the files of a project called shop.

Pulumi.yaml may be left out, and a folder examples/django is always there, with shop/wsgi.py if it
has a folder shop.  A case with .gitmodules
is a Git repository whose submodules are not checked out.  `expected.txt` and `expected.json` have
all diagnostics about the stack local if it has a file, else about the stack x; there are none for a
case whose name begins with fine-.  To renew both after a wording changed, run `DYNOSTACK_RENEW=1
make test TESTS=tests/check` and read the difference.
"""

import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

from dynostack.environment import Examined, examine

CASES = sorted((Path(__file__).parent / "cases").iterdir())
WSGI = """\
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = get_wsgi_application()
"""
TODAY = date(2026, 11, 22)


def laid_out(case: Path, directory: Path) -> Path:
    """Return a copy of the case as a project in its own directory."""
    (directory / "examples" / "django").mkdir(parents=True)
    (directory / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    shutil.copytree(case, directory, dirs_exist_ok=True)
    package = directory / "examples" / "django" / "shop"
    if package.is_dir() and not (package / "wsgi.py").exists():
        (package / "wsgi.py").write_text(WSGI)
    if (directory / ".gitmodules").exists():
        _clone_without_submodules(directory)
    return directory


def _clone_without_submodules(directory: Path) -> None:
    """Make a folder what `git clone` leaves of a repository with submodules."""
    modules = re.findall(r"path = (\S+)", (directory / ".gitmodules").read_text())
    for module in modules:
        (directory / module).mkdir(parents=True)
    entries = "".join(f"160000 {'1' * 40}\t{module}\n" for module in modules)
    git = ("git", "-C", str(directory))
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "update-index", "--index-info"], input=entries, text=True, check=True)


def stack_of(case: Path) -> str:
    """Return the stack that a case is about."""
    return "local" if (case / "Pulumi.local.yaml").exists() else "x"


def examined(case: Path, directory: Path) -> Examined:
    """Return the diagnostics about the stack of a case."""
    return examine(stack_of(case), laid_out(case, directory), today=TODAY)


def expected_text(case: Path) -> str:
    return (case / "expected.txt").read_text(encoding="utf-8")


def expected_data(case: Path) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    return data


def as_text(examined: Examined) -> str:
    return "".join(f"{each}\n" for each in examined.diagnostics)
