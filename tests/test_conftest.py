"""Tests that under .ci/run every kind of skip is a failure."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CASES = {
    "in a test": "import pytest\ndef test_part():\n    pytest.skip('no part')\n",
    "by a mark": "import pytest\n@pytest.mark.skip('no part')\ndef test_part():\n    pass\n",
    "of a module": "import pytest\npytest.skip('no part', allow_module_level=True)\n",
    "by a fixture": (
        "import pytest\n@pytest.fixture\ndef part():\n    pytest.skip('no part')\n"
        "def test_part(part):\n    pass\n"
    ),
}


@pytest.fixture(params=list(CASES.values()), ids=list(CASES))
def suite(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_part.py").write_text(request.param)
    return tmp_path


def run(suite: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    plain = {
        "DYNOSTACK_NO_SKIPS": "",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-ra", str(suite)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **plain, **variables},
        cwd=suite,
    )


def test_a_skip_is_reported_with_its_reason(suite: Path) -> None:
    done = run(suite)
    assert "1 skipped" in done.stdout
    assert "no part" in done.stdout


def test_a_skip_fails_in_ci(suite: Path) -> None:
    done = run(suite, DYNOSTACK_NO_SKIPS="1")
    assert done.returncode != 0
    assert "no part" in done.stdout
    assert "skipped" not in done.stdout.splitlines()[-1]
