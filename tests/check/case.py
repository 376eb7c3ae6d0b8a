"""A case: a folder of tests/check/cases with the files of a project called shop.

Pulumi.yaml may be left out, and a folder examples/django is always there.  `expected.txt` and
`expected.json` have all diagnostics about the stack local if it has a file, else about the stack x;
there are none for a case whose name begins with fine-.  To renew both after a wording changed, run
`DYNOSTACK_RENEW=1 make test TESTS=tests/check` and read the difference.
"""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from dynostack.environment import Examined, examine

CASES = sorted((Path(__file__).parent / "cases").iterdir())
TODAY = date(2026, 11, 22)


def laid_out(case: Path, directory: Path) -> Path:
    """Return a copy of the case as a project in its own directory."""
    (directory / "examples" / "django").mkdir(parents=True)
    (directory / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    shutil.copytree(case, directory, dirs_exist_ok=True)
    return directory


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
