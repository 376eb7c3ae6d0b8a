"""A headless Chromium for tests, controlled by the DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
)
MIDDLE = """selector => {
  const element = document.querySelector(selector);
  element.scrollIntoView({ block: "center", behavior: "instant" });
  const box = element.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""
SOON = """condition => new Promise(done => {
  const end = performance.now() + 60000;
  const look = () =>
    condition() || performance.now() > end ? done(condition()) : setTimeout(look, 20);
  look();
})"""
APT = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=120")


@cache
def chromium() -> str:
    """Return the browser of this machine, installing it if it is missing and that is possible."""
    found = _found() or (_found() if _installed() else None)
    if found is None:
        pytest.skip(
            "Chromium is missing and cannot be installed from here; run: apt-get install chromium"
        )
    return found


def _found() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def _installed() -> bool:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    commands: Iterable[tuple[str, ...]] = (
        (*APT, "update"),
        (*APT, "install", "--yes", "--no-install-recommends", "chromium"),
    )
    return all(
        subprocess.run(each, capture_output=True, check=False).returncode == 0 for each in commands
    )


@dataclass
class Tab:
    """One page of the browser."""

    socket: aiohttp.ClientWebSocketResponse
    session: str
    failures: list[str] = field(default_factory=list)
    """The errors and log entries of the page."""
    requests: list[str] = field(default_factory=list)
    """Every address that the page requested."""
    loaded: bool = False
    _last: int = 0

    async def call(self, method: str, **parameters: Any) -> Any:
        """Return a command's result.

        Raises:
            AssertionError: the browser refuses the command.
        """
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        await self.socket.send_json(
            {**message, "sessionId": self.session} if self.session else message
        )
        while True:
            answer = await self.socket.receive_json(timeout=60)
            self._note(answer)
            if answer.get("id") == self._last:
                assert "error" not in answer, answer
                return answer["result"]

    async def open(self, address: str, width: int, *, dark: bool = False) -> None:
        """Load a page on a screen with this width and color scheme."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.loaded = False
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self.call(f"{domain}.enable")
        await self.call("Emulation.setEmulatedMedia", features=[scheme])
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        await self.call("Page.navigate", url=address)
        while not self.loaded:
            self._note(await self.socket.receive_json(timeout=60))

    async def run(self, script: str) -> Any:
        """Return the value of a JavaScript expression on the page."""
        answer = await self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def until(self, condition: str) -> bool:
        """Return whether a condition becomes true within a minute."""
        return bool(await self.run(f"({SOON})(() => {condition})"))

    async def failure(self, words: str) -> str:
        """Return the failure with these words; wait up to a minute for it."""
        async with asyncio.timeout(60):
            while not (found := [each for each in self.failures if words in each]):
                self._note(await self.socket.receive_json())
        return found[0]

    async def press(self, key: str) -> None:
        """Press a key, as on a keyboard."""
        codes = {"Enter": (13, "\r"), "Tab": (9, "")}
        code, text = codes.get(key, (ord(key.upper()[0]), key))
        fields = {"key": key, "windowsVirtualKeyCode": code, "text": text}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **fields)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    async def click(self, selector: str) -> None:
        """Click with the mouse in the middle of an element."""
        x, y = await self.run(f"({MIDDLE})({selector!r})")
        for kind in ("mousePressed", "mouseReleased"):
            await self.call(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )

    async def screenshot(self) -> bytes:
        """Return the whole page as a PNG."""
        shot = await self.call("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def _note(self, message: dict[str, Any]) -> None:
        parameters = message.get("params", {})
        match message.get("method"):
            case "Runtime.exceptionThrown":
                self.failures.append(str(parameters["exceptionDetails"]))
            case "Page.loadEventFired":
                self.loaded = True
            case "Log.entryAdded":
                self.failures.append(str(parameters["entry"]))
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])


@asynccontextmanager
async def tab(profile: Path) -> AsyncIterator[Tab]:
    """Open a page in a browser with a new profile, which ends with the context."""
    process = await asyncio.create_subprocess_exec(
        chromium(), *FLAGS, f"--user-data-dir={profile}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with aiohttp.ClientSession() as client:
            address = await _address(process, profile)
            async with client.ws_connect(address, max_msg_size=0) as socket:
                browser = Tab(socket, "")
                attached = await browser.call(
                    "Target.attachToTarget", targetId=await _first_page(browser), flatten=True
                )
                yield Tab(socket, attached["sessionId"], _last=100)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _first_page(browser: Tab) -> str:
    """Return the id of the browser's first page, which may open after the browser listens."""
    async with asyncio.timeout(60):
        while True:
            targets = (await browser.call("Target.getTargets"))["targetInfos"]
            for target in targets:
                if target["type"] == "page":
                    return str(target["targetId"])
            await asyncio.sleep(0.05)


async def _address(process: asyncio.subprocess.Process, profile: Path) -> str:
    """Return the browser's address, which it writes into its profile once it listens."""
    note = profile / "DevToolsActivePort"
    async with asyncio.timeout(60):
        while process.returncode is None:
            if note.exists() and len(lines := note.read_text().splitlines()) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            await asyncio.sleep(0.05)
    raise AssertionError("the browser ended before it listened")
