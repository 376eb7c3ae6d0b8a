"""The HTML report in a real browser: with a mouse, by keyboard and on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dynostack.review.render import html
from tests.browser import Tab, tab
from tests.review.cases import load
from tests.review.golden import reviewed

SCREEN, PHONE = 1100, 390
DARKNESS = "getComputedStyle(document.documentElement).backgroundColor"
FOCUSED = "document.activeElement.parentElement.id"
OPEN = "document.querySelectorAll('main details[open]').length"
ALL = "document.querySelectorAll('main details').length"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of the recorded change that has a bit of everything."""
    case = next(case for case in load()[1] if case.name == "everything-destroyed")
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(html.render(reviewed(case)))
    return file


@pytest.fixture
async def page(report: Path, tmp_path: Path) -> AsyncIterator[Tab]:
    async with tab(tmp_path / "profile") as opened:
        yield opened
        assert not opened.failures
        assert set(opened.requests) == {report.as_uri()}


async def test_it_can_be_clicked_through(page: Tab, report: Path) -> None:
    await page.open(report.as_uri(), SCREEN)
    folded = await page.run(
        "[...document.querySelectorAll('#changes details')].every(e => !e.open)"
    )
    assert folded
    number = await page.run(ALL)
    await page.click("#unfold")
    assert await page.run(OPEN) == number
    assert await page.run("document.getElementById('unfold').textContent") == "Collapse all"
    await page.click("#unfold")
    assert await page.run(OPEN) == 0
    await page.click("#changes summary")
    assert await page.run(OPEN) == 1


async def test_a_resource_in_the_picture_links_to_its_change(page: Tab, report: Path) -> None:
    await page.open(report.as_uri(), SCREEN)
    await page.run("document.querySelectorAll('main details').forEach(e => { e.open = false; })")
    target = await page.run("document.querySelector('.columns-3 a').getAttribute('href').slice(1)")
    await page.click(".columns-3 a rect")
    assert await page.until(f"document.getElementById({target!r}).open")
    assert await page.until(f"{FOCUSED} === {target!r}")


async def test_dark_and_light(page: Tab, report: Path) -> None:
    await page.open(report.as_uri(), SCREEN)
    light = await page.run(DARKNESS)
    await page.click("#theme")
    dark = await page.run(DARKNESS)
    assert light != dark
    assert await page.run("document.getElementById('theme').textContent") == "Light"
    await page.open(report.as_uri(), SCREEN, dark=True)
    assert await page.run(DARKNESS) == dark


async def test_by_keyboard_alone(page: Tab, report: Path) -> None:
    await page.open(report.as_uri(), SCREEN)
    await page.press("Tab")
    assert await page.run("document.activeElement.className") == "skip"
    await page.press("j")
    first = await page.run(FOCUSED)
    await page.press("j")
    second = await page.run(FOCUSED)
    assert first != second
    before = await page.run(f"document.getElementById({second!r}).open")
    await page.press("Enter")
    assert await page.run(f"document.getElementById({second!r}).open") is not before
    await page.press("k")
    assert await page.run(FOCUSED) == first


async def test_on_a_phone_nothing_is_cut(page: Tab, report: Path) -> None:
    await page.open(report.as_uri(), PHONE)
    await page.click("#unfold")
    assert await page.run("document.documentElement.scrollWidth") <= PHONE
    assert (
        await page.run("document.querySelector('.columns-1').getBoundingClientRect().width") > 300
    )
    assert await page.run("document.querySelector('.columns-3').getBoundingClientRect().width") == 0


async def test_a_printed_page_is_expanded(page: Tab, report: Path) -> None:
    await page.open(report.as_uri(), SCREEN)
    await page.call("Page.printToPDF")
    assert await page.run(OPEN) == await page.run(ALL)


async def test_it_can_be_read_without_scripts(page: Tab, report: Path) -> None:
    await page.call("Emulation.setScriptExecutionDisabled", value=True)
    await page.open(report.as_uri(), SCREEN)
    assert await page.run("document.querySelector('h1').textContent.length") > 10
    await page.click("#changes summary")
    assert await page.run("document.querySelector('#changes details').open")
