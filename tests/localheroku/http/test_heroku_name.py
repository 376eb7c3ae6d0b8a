"""A site that answers only to its name at Heroku, as many Django settings say."""

from __future__ import annotations

import pytest

from tests.localheroku.http.test_router import HOST, RoutedApp, app, limits

__all__ = ["app", "limits"]

PICKY = """
import json, os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Picky(BaseHTTPRequestHandler):
    def do_GET(self):
        host = self.headers["Host"]
        self.send_response(302 if self.path == "/away" else 200 if host.endswith(ALLOWED) else 400)
        self.send_header("Location", f"https://{host}/there?next=/")
        self.send_header("Set-Cookie", f"a=1; Domain={host}; Path=/")
        self.end_headers()
        told = {name: self.headers.get(name) for name in ("Host", "Origin", "Referer")}
        self.wfile.write(json.dumps(told).encode())

    do_POST = do_GET

ALLOWED = os.environ.get("ALLOWED", ".herokuapp.com")
ThreadingHTTPServer(("", int(os.environ["PORT"])), Picky).serve_forever()
"""
NAME = "shop.herokuapp.com"


@pytest.fixture
async def site(app: RoutedApp) -> RoutedApp:
    (app.slug / "app/picky.py").write_text(PICKY)
    await app.serve("python picky.py")
    return app


async def test_the_site_sees_its_name_at_heroku(site: RoutedApp) -> None:
    asked = site.session.headers["Host"]
    headers = {"Origin": f"http://{asked}", "Referer": f"http://{asked}/page?a=1"}
    for _ in range(2):
        async with site.session.get(site.address, headers=headers) as answer:
            assert (answer.status, answer.headers["X-Heroku-Name"]) == (200, NAME)
            assert answer.headers["Set-Cookie"] == "a=1; Path=/"
            assert await answer.json(content_type=None) == {
                "Host": NAME,
                "Origin": f"http://{NAME}",
                "Referer": f"http://{NAME}/page?a=1",
            }
    async with site.session.get(f"{site.address}/away", allow_redirects=False) as answer:
        assert answer.headers["Location"] == f"https://{asked}/there?next=/"
    async with site.session.post(site.address, data=b"any") as answer:
        assert answer.status == 200


async def test_other_addresses_stay(site: RoutedApp) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    async with site.session.get(site.address, headers=headers) as answer:
        assert (await answer.json(content_type=None))["Origin"] == headers["Origin"]


async def test_the_site_sees_a_domain_of_the_app(app: RoutedApp) -> None:
    (app.slug / "app/picky.py").write_text(PICKY.replace(".herokuapp.com", ".acme.example"))
    await app.serve("python picky.py")
    async with app.session.get(app.address) as answer:
        assert answer.headers["X-Heroku-Name"] == "www.acme.example"
        assert answer.headers["Set-Cookie"] == "a=1; Path=/"


@pytest.mark.parametrize("allowed", [".localhost", ".other.example"])
async def test_a_site_that_has_another_reason_sees_the_host(app: RoutedApp, allowed: str) -> None:
    (app.slug / "app/picky.py").write_text(PICKY.replace(".herokuapp.com", allowed))
    await app.serve("python picky.py")
    headers = {"Host": HOST}
    async with app.session.get(app.address, headers=headers) as answer:
        assert (await answer.json(content_type=None))["Host"] == HOST
        assert "X-Heroku-Name" not in answer.headers
