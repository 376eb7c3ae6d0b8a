"""What pages of other origins try in a browser that has a session."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from tests.browser import Tab, tab
from tests.localheroku.client import Api
from tests.localheroku.dashboard.visitor import HEADER, Visitor, link

SECRET = "kept-for-the-app-alone"
READ = """(async headers => {
  try {
    const answer = await fetch(API + "/apps/shop/config-vars", { credentials: "include", headers });
    return await answer.text();
  } catch (error) { return String(error); }
})"""
WRITE = """(async () => {
  const text = { "Content-Type": "text/plain" };
  for (const path of ["/apps", "/_local/page/links", "/_local/actions/reset"])
    await fetch(API + path, {
      method: "POST", mode: "no-cors", credentials: "include", headers: text,
      body: '{"name": "evil"}',
    });
  const form = document.createElement("form");
  Object.assign(form, { method: "POST", action: API + "/apps" });
  Object.assign(form, { enctype: "text/plain", target: "hole" });
  const field = document.createElement("input");
  Object.assign(field, { name: '{"name": "evil", "x": "', value: '"}' });
  const hole = document.createElement("iframe");
  hole.name = "hole";
  form.append(field);
  document.body.append(hole, form);
  const loaded = new Promise(done => hole.addEventListener("load", done));
  form.submit();
  await loaded;
  return "tried";
})()"""
LOAD = """new Promise(done => {
  const script = document.createElement("script");
  script.onload = () => done("loaded");
  script.onerror = () => done("refused");
  script.src = API + "/_page/page.js";
  document.body.append(script);
})"""
FRAME = """new Promise(done => {
  const frame = document.createElement("iframe");
  frame.onload = () => done(true);
  frame.src = API + "/";
  document.body.append(frame);
})"""


@dataclass
class Site:
    """Another server on this machine, and the cookies that browsers sent it."""

    port: int = 0
    cookies: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.cookies.append(request.headers.get("Cookie", ""))
        return web.Response(text="<!doctype html><title>Other</title>", content_type="text/html")


@asynccontextmanager
async def listening() -> AsyncIterator[Site]:
    site = Site()
    application = web.Application()
    application.router.add_get("/", site.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        site.port = runner.addresses[0][1]
        yield site
    finally:
        await runner.cleanup()


@pytest.fixture
async def page(api: Api, tmp_path: Path) -> AsyncIterator[Tab]:
    """Open the page in a browser, with a session."""
    await api.app()
    await api.patch("/apps/shop/config-vars", {"SECRET_KEY": SECRET})
    async with tab(tmp_path / "profile") as page:
        await page.open(await link(api), 1100)
        assert await page.until("document.querySelector('#apps a') !== null")
        yield page


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "evil.localhost"])
async def test_a_page_of_another_origin_gets_nothing(api: Api, page: Tab, host: str) -> None:
    """Try another port, which browsers call the same site, and another host, which they do not."""
    header = await page.run("localStorage.getItem('dynostack-session')")
    async with listening() as other:
        await page.open(f"http://{host}:{other.port}/", 1100)
        await page.run(f"globalThis.API = {api.url!r}")

        for headers in ({}, {HEADER: header}):
            assert await page.run(f"{READ}({headers})") == "TypeError: Failed to fetch"
        assert await page.run(WRITE) == "tried"
        assert [app["name"] for app in await api.get("/apps")] == ["shop"]
        assert await page.run(LOAD) == "refused"
        await page.run(FRAME)
        assert await page.failure("frame-ancestors")

        got = other.cookies[0]
        assert bool(got) is (host == "127.0.0.1")
        thief = Visitor(api, got, "guessed")
        assert (await thief.call("GET", "/apps/shop/config-vars"))[0] == 401


async def test_a_site_that_the_local_heroku_serves_gets_nothing(api: Api, page: Tab) -> None:
    """Check an app's page, which has another origin, although it has the same port."""
    await page.open(f"{api.url.replace('127.0.0.1', 'shop.localhost')}/", 1100)
    await page.run(f"globalThis.API = {api.url!r}")
    assert await page.run(f"{READ}({{}})") == "TypeError: Failed to fetch"
    assert await page.run("document.cookie") == ""


async def test_the_page_itself_still_reads(api: Api, page: Tab) -> None:
    await page.run(f"globalThis.API = {api.url!r}")
    header = await page.run("localStorage.getItem('dynostack-session')")
    headers = {HEADER: header, "Accept": "application/vnd.heroku+json; version=3"}
    assert SECRET in await page.run(f"{READ}({headers})")
