"""Running a Pulumi program in the host's process, as `pulumi-language-python-exec` does."""

from __future__ import annotations

import asyncio
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pulumi
from pulumi.runtime import reset_options, run_in_stack, set_all_config

from dynostack.environment import examine
from dynostack.environment.rules.program import FORMER_PACKAGE, FORMER_PACKAGES

if TYPE_CHECKING:
    from dynostack.protocol import language_pb2

MAIN = "__main__.py"
WORKERS_PER_STEP = 4
"""Threads per parallel resource step, as in the official host: steps wait for each other."""


class ProgramFailed(Exception):
    """The program failed; the message is for the person who wrote it."""


def run_program(request: language_pb2.RunRequest) -> None:
    """Run the program of `request` in this process.

    Raises:
        ProgramFailed: the program stopped with an error.
    """
    _configure(request)
    folder = request.info.program_directory or request.pwd
    os.chdir(folder)
    # As Python does for a script: it can import modules beside it, and has no arguments.
    sys.path.insert(0, folder)
    sys.argv = [str(Path(folder, MAIN))]
    # The engine may end a run with pending resources; asyncio would log an error for each.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(max(request.parallel, 1) * WORKERS_PER_STEP))
    try:
        loop.run_until_complete(run_in_stack(lambda: _main(folder)))
    except pulumi.RunError as error:
        raise ProgramFailed(str(error)) from error
    except grpc.RpcError as error:
        if _engine_is_gone(error):
            return
        raise ProgramFailed(_told(error)) from error
    except Exception as error:
        raise ProgramFailed(_former_package(request.stack, error) or _told(error)) from error
    finally:
        _finish(loop)


def _configure(request: language_pb2.RunRequest) -> None:
    reset_options(
        project=request.project,
        stack=request.stack,
        organization=request.organization or "organization",
        monitor_address=request.monitor_address,
        engine_address=request.args[0] if request.args else "",
        parallel=request.parallel,
        preview=request.dryRun,
        root_directory=request.info.root_directory,
    )
    set_all_config(dict(request.config), list(request.configSecretKeys))


def _main(folder: str) -> None:
    try:
        runpy.run_path(str(Path(folder, MAIN)), run_name="__main__")
    except SystemExit as stop:
        if stop.code not in (None, 0):
            raise pulumi.RunError(f"the program ended with {stop.code}") from stop


def _engine_is_gone(error: grpc.RpcError) -> bool:
    """Return whether the engine was canceled: it then ends the monitor, and no error is needed."""
    return isinstance(error, grpc.Call) and error.code() == grpc.StatusCode.UNAVAILABLE


def _former_package(stack: str, error: Exception) -> str:
    """Return the advice for an import of a package that dynostack no longer has."""
    if not isinstance(error, ModuleNotFoundError) or error.name not in FORMER_PACKAGES:
        return ""
    errors = examine(stack).errors
    return "\n".join(f"\n{each}" for each in errors if each.code == FORMER_PACKAGE)


def _told(error: BaseException) -> str:
    """Return the error with the program's own part of the traceback, from __main__.py on."""
    frames = traceback.extract_tb(error.__traceback__)
    first = next((i for i, frame in enumerate(frames) if _is_program(frame)), 0)
    told = traceback.format_list(frames[first:]) + traceback.format_exception_only(error)
    return "the program stopped with an error:\n" + "".join(told).rstrip()


def _is_program(frame: traceback.FrameSummary) -> bool:
    return Path(frame.filename).name == MAIN


def _finish(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel the tasks that a failed run left, so that closing the loop does not report them."""
    pending: set[asyncio.Task[Any]] = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
    loop.close()
    sys.stdout.flush()
    sys.stderr.flush()
