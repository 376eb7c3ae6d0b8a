"""Run one local Heroku until it is stopped: `python -m localheroku`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import signal
import sys
from pathlib import Path

from localheroku import startup_errors
from localheroku.app import LocalHeroku, StartError
from localheroku.core.state import Settings

PORTS = range(1, 1 << 16)

NEW_OBJECTS = 50_000
"""New objects after which Python looks for reference cycles; a request leaves few of them."""


def main() -> int:
    settings = _settings()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    try:
        asyncio.run(_serve(settings))
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except Exception:
        logging.exception("The local Heroku stopped on an unexpected error.")
        print(startup_errors.unexpected(settings.data), file=sys.stderr)
        return 1
    return 0


def _settings() -> Settings:
    parser = argparse.ArgumentParser(prog="python -m localheroku", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder for its data")
    parser.add_argument("--port", type=_port, default=5050, help="port on 127.0.0.1")
    parser.add_argument("--account", required=True, help="email address of the account")
    parser.add_argument("--team", required=True, help="name of the account's team")
    arguments = parser.parse_args()
    return Settings(
        arguments.data.resolve(), arguments.port, arguments.account.lower(), arguments.team
    )


def _port(text: str) -> int:
    if text.isdecimal() and int(text) in PORTS:
        return int(text)
    raise argparse.ArgumentTypeError(f"invalid port {text}: choose a number from 1 to {PORTS[-1]}")


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with LocalHeroku(settings):
        print(f"The local Heroku listens on {settings.url}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
