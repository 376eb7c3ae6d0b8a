"""How commands of an app are run: by bash, after the app's own profile scripts.

https://devcenter.heroku.com/articles/dyno-startup-behavior,
https://devcenter.heroku.com/articles/profile-files
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localheroku.core import programs

if TYPE_CHECKING:
    from pathlib import Path

BASH = "/bin/bash"
SCRIPTS = ".profile.d/*.sh"
PROFILE = ".profile"
SOURCE_PROFILES = (
    f'for _script in {SCRIPTS} {PROFILE}; do [ -f "$_script" ] && . "./$_script"; done; '
    "unset _script; "
)
"""Runs the profile scripts in the shell of the command, so that it also sees their functions."""


def command(text: str, folder: Path) -> tuple[str, ...]:
    """Return what runs a command of the app whose files are in a folder."""
    has_profile = (folder / PROFILE).is_file() or any(folder.glob(SCRIPTS))
    # On one line, so that bash counts the lines of the command alone.
    return plain_command(SOURCE_PROFILES + text if has_profile else text)


def plain_command(text: str) -> tuple[str, ...]:
    """Return what runs a command, without any profile."""
    return (programs.find("bash", ()) or BASH, "--noprofile", "--norc", "-c", text)
