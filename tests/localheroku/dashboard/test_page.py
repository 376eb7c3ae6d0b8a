"""The page in a real browser: opened, clicked through, by keyboard, on a phone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from localheroku.dashboard.session import MAX_SESSIONS
from tests.browser import Tab, tab
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient
from tests.localheroku.dashboard.visitor import link

pytestmark = pytest.mark.long

SCREEN, PHONE = 1280, 390
VALUE = "kept-for-the-app-alone"
MARKUP = "<img src=x onerror=document.title='run'><script>document.title='run'</script>"
SHOP = {
    "dynos": "web.1",
    "addons": "memcachier:dev",
    "config": "SECRET_KEY",
    "access": "dev@acme.example",
    "releases": "Initial release",
}
"""What each section shows of the app; once all of it has loaded, no click target moves."""
LOOK_AWAY = """
Object.defineProperty(document, "hidden", {{ value: {}, configurable: true }});
document.dispatchEvent(new Event("visibilitychange"));
"""
GROUND = "getComputedStyle(document.documentElement).backgroundColor"


@pytest.fixture
async def page(tmp_path: Path, api: Api) -> AsyncIterator[Tab]:
    async with tab(tmp_path / "profile") as opened:
        yield opened
        assert not opened.failures
        assert all(address.startswith((f"{api.url}/", "data:,")) for address in opened.requests)


@pytest.fixture
async def shop(api: Api) -> Api:
    """Return a local Heroku with at least one resource of each kind."""
    await api.app("blog")
    await api.team_app("shop", region="eu")
    await api.addon("heroku-postgresql:standard-0")
    await api.addon("memcachier:dev")
    await api.patch("/apps/shop/config-vars", {"SECRET_KEY": VALUE, "DEBUG": "0"})
    await api.put("/teams/acme/members", {"email": "dev@acme.example", "role": "member"})
    await api.post(
        "/teams/apps/shop/collaborators",
        {"user": "ext@partner.example", "permissions": ["deploy", "view"]},
    )
    await api.build("web: serve\nworker: work\n")
    app = await api.get("/apps/shop")
    api.backends.logs.append(app["id"], "app", "web.1", "Listening on 0.0.0.0:5000")
    return api


def rows(section: str) -> str:
    return f"[...document.querySelectorAll('#{section} .row')].map(row => row.innerText).join('|')"


async def shows(page: Tab, section: str, words: str) -> None:
    """Wait until a section shows the words; sections are drawn independently."""
    found = await page.until(f"{rows(section)}.includes({json.dumps(words)})")
    assert found, await page.run(rows(section))


def text(place: str) -> str:
    return f"document.querySelector({place!r}).innerText"


async def opened(page: Tab, api: Api, width: int = SCREEN, *, dark: bool = False) -> None:
    """Open the page with a link and choose the app `shop`."""
    await page.open(await link(api), width, dark=dark)
    assert await page.until("document.querySelectorAll('#apps a').length === 2")
    await page.click("#apps li:last-child a")
    assert await page.until(f"{text('#name')}.startsWith('shop')")
    for section, words in SHOP.items():
        await shows(page, section, words)
    assert await page.until(f"{text('#log .stream')}.includes('Listening on')")


async def test_it_can_be_clicked_through(page: Tab, shop: Api) -> None:
    await opened(page, shop)
    assert await page.run("location.href") == f"{shop.url}/#/apps/shop"
    assert await page.run(text("#account")) == f"ops@acme.example at {shop.url[7:]}"
    assert (await page.run(text("#facts"))).split("\n")[:6] == [
        *("Team", "acme", "Region", "eu", "Stack", "heroku-24"),
    ]
    site = await page.run("document.querySelector('#name a').href")
    assert site == (await shop.get("/apps/shop"))["web_url"]
    await shows(page, "dynos", "web.1 (Basic)\nup\nserve")
    await shows(page, "addons", "heroku-postgresql:standard-0\nprovisioned")
    await shows(page, "addons", ", $50 a month")
    await shows(page, "addons", ", free")
    await shows(page, "access", "dev@acme.example\nmember\nview|")
    await shows(page, "access", "ext@partner.example\ncollaborator\nview, deploy|")
    await shows(page, "access", "ops@acme.example\nadmin\nview, deploy, operate, manage")
    assert (await page.run(rows("releases"))).startswith("v5 Deploy 1f2e3d4c\ncurrent\nops@")

    await page.click("#apps li:first-child a")
    assert await page.until(f"{text('#name')}.startsWith('blog')")
    assert await page.until(f"{text('#addons .rows')} === 'No add-ons.'")
    await shop.addon("papertrail:choklad", "blog")
    assert await page.until(f"{rows('addons')}.includes(', price unknown')")


async def test_one_value_is_shown_at_a_time_and_then_hidden(page: Tab, shop: Api) -> None:
    await opened(page, shop)
    everything = "document.documentElement.outerHTML"
    names = "[...document.querySelectorAll('#config .row > :first-child')].map(e => e.innerText)"
    assert await page.until(f"{names}.at(-1) === 'SECRET_KEY'")
    number = len(await page.run(names))
    assert VALUE not in await page.run(everything)
    assert not [address for address in page.requests if address.endswith("/config-vars")]

    await page.click(f"#config .row:nth-child({number}) button")
    assert await page.until(f"{text('#config')}.includes({VALUE!r})")
    assert await page.run("document.querySelectorAll('.value').length") == 1
    assert await page.run(text(f"#config .row:nth-child({number}) button")) == "Hide"

    await page.click("#config .row:nth-child(2) button")
    assert await page.until("document.querySelector('.value')?.innerText === '0'")
    assert VALUE not in await page.run(everything)

    await page.click("#config .row:nth-child(2) button")
    assert await page.run("document.querySelectorAll('.value').length") == 0
    stored = await page.run("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert VALUE not in stored
    assert shop.key not in stored
    assert await page.run("document.cookie") == ""

    await page.click("#config .row:last-child button")
    assert await page.until("document.querySelector('.value') !== null")
    await page.click("#apps li:first-child a")
    assert await page.until(f"{text('#name')}.startsWith('blog')")
    assert await page.run("document.querySelector('.value') === null")


async def test_values_disappear_when_the_page_is_hidden(page: Tab, shop: Api) -> None:
    """Check that a value disappears after a while, and at once behind another tab or window."""
    await opened(page, shop)
    first = "#config .row:first-child button"
    assert await page.until(f"document.querySelector({first!r}) !== null")
    await page.run("globalThis.later = setTimeout")
    await page.run("globalThis.setTimeout = (work, time) => later(work, time / 100)")
    await page.click(first)
    assert await page.until("document.querySelector('.value') !== null")
    assert await page.until("document.querySelector('.value') === null")
    await page.run("globalThis.setTimeout = later")

    await page.click(first)
    assert await page.until("document.querySelector('.value') !== null")
    await page.run(LOOK_AWAY.format("true"))
    assert await page.run("document.querySelector('.value') === null")
    assert await page.run("document.querySelector('.call') === null")
    await page.run(LOOK_AWAY.format("false"))
    assert await page.until("document.querySelector('.call') !== null")
    assert await page.until(f"{text('#log .stream')}.includes('Listening on')")


async def test_changes_appear_as_they_happen(page: Tab, shop: Api) -> None:
    await opened(page, shop)
    await shop.patch("/apps/shop/config-vars", {"COLOR": "blue"})
    assert await page.until(f"{text('#log .stream')}.includes('Set COLOR config vars by user')")
    assert await page.until(f"{rows('config')}.includes('COLOR')")
    assert await page.until(f"{rows('releases')}.startsWith('v6 Set COLOR')")
    calls = "[...document.querySelectorAll('.call')].map(call => call.innerText.split('\\n'))"
    last = await page.run(f"{calls}.at(-1).filter((_, place) => place !== 4)")
    assert last[1:] == ["PATCH", "/apps/shop/config-vars", "200", "Python"]
    await shop.refusal("GET", "/apps/nowhere")
    assert await page.until(f"{calls}.at(-1)[2] === '/apps/nowhere'")
    assert await page.run("document.querySelector('.call:last-child .warn').innerText") == "404"
    assert not await page.run(f"{calls}.some(call => call[2].startsWith('/_page'))")
    await page.click("#changes")
    assert "/apps/nowhere" not in await page.run(text("#calls .stream"))

    assert await page.run("document.getElementById('faults').hidden")
    await ControlClient(shop).fault("latency", app="blog", options={"seconds": 1})
    assert await page.until(f"{rows('faults')}.startsWith('latency')")
    assert (await page.run(rows("faults"))).endswith("app blog")


async def test_a_removed_app_disappears(page: Tab, shop: Api) -> None:
    await opened(page, shop)
    await shop.delete("/apps/shop")
    assert await page.until(f"{text('#name')}.startsWith('blog')")
    assert "shop" not in await page.run(text("#apps"))
    page.failures[:] = [each for each in page.failures if "status of 404" not in each]


async def test_user_input_is_shown_as_text(page: Tab, shop: Api) -> None:
    await shop.build(f"web: {MARKUP}\n")
    app = await shop.get("/apps/shop")
    shop.backends.logs.append(app["id"], "app", "web.1", MARKUP)
    slug = (await shop.get("/apps/shop/releases/6"))["slug"]["id"]
    await shop.post("/apps/shop/releases", {"slug": slug, "description": MARKUP})
    await shop.call("GET", f"/apps/{MARKUP}", headers={"User-Agent": MARKUP.replace(" ", "")})
    await opened(page, shop)
    for place in ("#dynos", "#releases", "#log", "#calls"):
        assert await page.until(f"{text(place)}.includes({'<img'!r})"), place
    assert await page.run("document.querySelectorAll('img, body script').length") == 0
    assert await page.run("document.title") == "shop \N{EN DASH} Local Heroku"


async def test_it_works_with_only_a_keyboard(page: Tab, shop: Api) -> None:
    await opened(page, shop)
    await page.open(f"{shop.url}/", SCREEN)
    assert await page.until("document.querySelectorAll('#config button').length > 0 || "
                            "document.querySelector('#apps a') !== null")  # fmt: skip
    await page.press("Tab")
    assert await page.run("document.activeElement.className") == "skip"
    await page.press("Tab")
    await page.press("Tab")
    assert await page.run("document.activeElement.innerText.split('\\n')[0]") == "shop"
    await page.press("Enter")
    assert await page.until(f"{text('#name')}.startsWith('shop')")
    assert await page.run("document.activeElement.innerText.split('\\n')[0]") == "shop"
    assert await page.until("document.querySelectorAll('#config button').length > 4")
    await page.press("Tab")
    assert await page.run("document.activeElement.innerText") == "Open the site"
    await page.press("Tab")
    assert await page.run("document.activeElement.ariaLabel") == "Show the value of DATABASE_URL"
    await page.press("Enter")
    assert await page.until("document.querySelector('.value') !== null")
    assert await page.run("document.activeElement.ariaLabel") == "Hide the value of DATABASE_URL"


async def test_dark_and_light_and_on_a_phone(page: Tab, shop: Api) -> None:
    await opened(page, shop, PHONE)
    assert await page.run("document.documentElement.scrollWidth") <= PHONE
    light = await page.run(GROUND)
    await page.open(f"{shop.url}/", SCREEN, dark=True)
    assert await page.run(GROUND) != light


async def test_missing_permissions_are_reported(page: Tab, shop: Api) -> None:
    dev = shop.of("dev@acme.example")
    await dev.post("/teams", {"name": "other"})
    await dev.post("/teams/apps", {"name": "theirs", "team": "other"})
    await dev.post(
        "/teams/apps/theirs/collaborators", {"user": "ops@acme.example", "permissions": ["view"]}
    )
    await page.open(await link(shop), SCREEN)
    assert await page.until("document.querySelectorAll('#apps a').length === 3")
    await page.click("#apps li:last-child a")
    for section, words in {
        "config": "view config vars of theirs",
        "addons": "view addon resources on theirs",
        "log": "view logs of theirs",
    }.items():
        words = f"You do not have permission to {words}"
        assert await page.until(f"{text(f'#{section}')}.includes({words!r})")
    assert await page.until(f"{rows('releases')}.includes('Initial release')")
    assert await page.run("document.getElementById('state').hidden")
    page.failures[:] = [each for each in page.failures if "status of 403" not in each]


async def test_without_a_session_it_shows_the_command_to_run(tmp_path: Path, shop: Api) -> None:
    async with tab(tmp_path / "profile") as page:
        await page.open(f"{shop.url}/", SCREEN)
        assert await page.until("!document.getElementById('closed').hidden")
        assert "dynostack local open" in await page.run(text("#closed"))
        assert await page.run("document.getElementById('open').hidden")
        assert not page.failures
        address = await link(shop)
        await page.open(address, SCREEN)
        assert await page.until("document.querySelector('#apps a') !== null")
        await page.run("localStorage.clear()")
        await page.open(address, SCREEN)
        assert await page.until("!document.getElementById('closed').hidden")


async def test_at_the_end_of_a_session_nothing_is_shown(page: Tab, shop: Api) -> None:
    await opened(page, shop)
    sessions = shop.heroku.platform.dashboard.sessions
    for _ in range(MAX_SESSIONS):
        sessions.open(sessions.create_code())
    await shop.patch("/apps/shop", {"maintenance": True})
    assert await page.until("!document.getElementById('closed').hidden")
    assert "acme" not in await page.run("document.body.innerText")
    page.failures[:] = [each for each in page.failures if "status of 401" not in each]
