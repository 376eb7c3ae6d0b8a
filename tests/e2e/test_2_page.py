"""The page of the world that is up, in a real browser."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.browser import tab
from tests.e2e.rehearsal import Rehearsal

pytestmark = pytest.mark.e2e

LOG = "document.querySelector('#log .stream').innerText"


async def test_a_visit_is_seen_as_it_happens(
    rehearsal: Rehearsal, site: str, tmp_path: Path
) -> None:
    opened = await asyncio.to_thread(rehearsal.dynostack, "local", "open", "--print")
    assert opened.exit_code == 0, opened.output
    async with tab(tmp_path / "profile") as page:
        await page.open(opened.output.strip(), 1100)
        shown = "document.querySelector('#name').innerText"
        assert await page.until(f"{shown}.startsWith({site!r})")
        assert await page.until("document.querySelector('#addons .row') !== null")
        assert "heroku-postgresql:" in await page.run("document.querySelector('#addons').innerText")
        before = await page.run(f"{LOG}.split('heroku[router]').length")
        await asyncio.to_thread(rehearsal.page, site)
        assert await page.until(f"{LOG}.split('heroku[router]').length > {before}")
        assert "at=info method=GET path=" in await page.run(LOG)
        assert not page.failures
