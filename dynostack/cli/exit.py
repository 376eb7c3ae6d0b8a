"""Error handling for the command line: a one-line message and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from dynostack.errors import INTERRUPTED, NOT_STARTED

if TYPE_CHECKING:
    import psutil


@contextmanager
def exit_on_expected_errors() -> Iterator[None]:
    """Turn expected errors into a one-line message on stderr and exit the process."""
    try:
        yield
    except (KeyboardInterrupt, click.Abort):
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(NOT_STARTED if isinstance(error, click.UsageError) else error.exit_code)
    except BrokenPipeError:
        # The reader closed the pipe: keep Python from failing when it flushes stdout at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _say(f"{error.strerror or error}: {error.filename or 'dynostack'}")
        sys.exit(1)
    except _denied() as error:
        whose = f"process {error.pid} of the local Heroku belongs to another user"
        _say(f"{whose}; run this command as that user")
        sys.exit(1)
    except _unreadable_catalogue() as error:
        _say(str(error))
        sys.exit(NOT_STARTED)
    except Exception as error:
        code = _reported(error)
        if code is None:
            raise
        sys.exit(code)


def _reported(error: Exception) -> int | None:
    """Print an error of dynostack's own and return the exit code; None if it is not expected.

    The imports are in this function because together they take longer than a whole command.
    """
    from dynostack.adopt.errors import AdoptRefused
    from dynostack.catalogue.errors import CatalogueError
    from dynostack.comment.errors import CommentError
    from dynostack.databases.errors import MoveError, MoveRefused
    from dynostack.drift.errors import DriftUnknown
    from dynostack.engine.process import EngineFailed
    from dynostack.environment.checkout.errors import IncompleteCheckout
    from dynostack.errors import LocalError
    from dynostack.fleet.errors import SelectionRefused
    from dynostack.local.project_folder import NoProject
    from dynostack.local.settings import WrongSettings
    from dynostack.recover.errors import RecoverRefused
    from dynostack.review.errors import AccessRefused, NotAPreview
    from dynostack.secrets.errors import SecretRefused
    from dynostack.toolchain import ToolchainError

    match error:
        case EngineFailed():
            if str(error):
                click.echo(str(error), err=True)
            return error.exit_code
        case NoProject() | SelectionRefused() | WrongSettings():
            code = NOT_STARTED
        case MoveRefused() | RecoverRefused():
            code = 3
        case (
            AccessRefused()
            | AdoptRefused()
            | CatalogueError()
            | CommentError()
            | DriftUnknown()
            | IncompleteCheckout()
            | LocalError()
            | MoveError()
            | NotAPreview()
            | SecretRefused()
            | ToolchainError()
        ):
            code = 1
        case _:
            return None
    _say(str(error))
    return code


def _denied() -> tuple[type[psutil.AccessDenied], ...]:
    """Return psutil's error; nothing if the command that failed has not imported psutil.

    The package without extras does not have it.
    """
    found = sys.modules.get("psutil")
    return (found.AccessDenied,) if found else ()


def _unreadable_catalogue() -> tuple[type[Exception], ...]:
    """Return the catalogue's error; nothing if the command has not imported the catalogue.

    If a file of the catalogue cannot be read, most modules of dynostack cannot be imported.
    """
    found = sys.modules.get("heroku_catalogue.tables")
    return (found.DataFileError,) if found else ()


def _say(sentence: str) -> None:
    click.secho(sentence, fg="red", err=True)
