"""The documentation site: built without warnings, complete, and readable without a network."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.browser import Tab, tab
from tests.pages import ALL, PROJECT
from tools.site import SETTINGS, SiteError, build

pytestmark = pytest.mark.long

PAGES = [page.removeprefix("docs/") for page in ALL if page.startswith("docs/")]
DESKTOP, PHONE = 1280, 390
"""Widths of screens, in pixels."""
CONTRAST = """() => {
  const lightness = color => {
    const parts = color.match(/[0-9.]+/g).map(Number);
    return (parts[0] * 299 + parts[1] * 587 + parts[2] * 114) / 255000;
  };
  const style = element => getComputedStyle(document.querySelector(element));
  return Math.abs(lightness(style("article p").color) - lightness(style("body").backgroundColor));
}"""
"""How much the text's lightness differs from the page's, from 0 to 1."""
COPIED = """() => {
  const code = document.querySelector("pre code");
  code.setAttribute("data-md-copying", "");
  return code.innerText.trim();
}"""
"""What the button copies from the first block."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    build(PROJECT, folder)
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Yield the address of a server of the site."""
    handler = partial(QuietHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


def test_the_menu_names_every_page_once() -> None:
    menu = re.findall(r": ([\w-]+\.md)$", (PROJECT / SETTINGS).read_text(), re.MULTILINE)
    assert sorted(menu) == sorted(PAGES)


@pytest.mark.parametrize(
    ("text", "message"),
    [("[a](absent.md)", "page does not exist"), ("[a](faults.md#absent)", "anchor does not exist")],
    ids=["page", "anchor"],
)
def test_a_broken_link_stops_the_build(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "docs").mkdir()
    shutil.copy(PROJECT / "docs/faults.md", tmp_path / "docs")
    (tmp_path / "docs/index.md").write_text(f"# Home\n\n{text}\n")
    (tmp_path / SETTINGS).write_text("site_name: test\n")
    with pytest.raises(SiteError, match=message) as raised:
        build(tmp_path, tmp_path / "site")
    assert "index.md:3" in str(raised.value)
    assert "Traceback" not in str(raised.value)
    assert not (tmp_path / "site").exists()


async def test_every_page_fits_on_a_phone_and_loads_nothing_from_elsewhere(
    address: str, tmp_path: Path
) -> None:
    async with tab(tmp_path / "profile") as page:
        for name in PAGES:
            await opened(page, address, name, PHONE, dark=False)
        for dark in (False, True):
            await opened(page, address, "index.md", DESKTOP, dark=dark)
            assert await page.run(f"({CONTRAST})()") > 0.5
        assert (
            str(await page.run(f"({COPIED})()")).splitlines()[-1]
            == 'pip install "dynostack[local]"'
        )


async def opened(page: Tab, address: str, name: str, width: int, *, dark: bool) -> None:
    """Open a page, and check that it has no errors and no wider parts than the screen."""
    await page.open(f"{address}/{name.replace('.md', '.html')}", width, dark=dark)
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.run(wider) <= 0, name
    assert not page.failures, name
    elsewhere = [url for url in page.requests if not url.startswith((address, "data:", "blob:"))]
    assert not elsewhere, name
