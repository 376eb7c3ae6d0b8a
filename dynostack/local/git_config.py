"""The Git configuration of the local environment: the user's own, plus access to the local Heroku.

The Heroku CLI names an app's repository `https://<host>/<app>.git` whatever the scheme of its API
is, and keeps a credential helper in the global configuration.  Both must stay in the local
environment.
"""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

REPOSITORIES = "/"
"""The path below which the local Heroku serves its apps' repositories."""

HELPER = r"!f() { test \"$1\" != get || echo \"password=$HEROKU_API_KEY\"; }; f"


def configure(file: Path, heroku: str, certificate: Path) -> None:
    """Write the configuration that `GIT_CONFIG_GLOBAL` names; keep what other programs added."""
    text = _configuration(file, heroku, certificate)
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if before.startswith(text):
        return
    draft = file.with_name(f".{uuid4()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


def _configuration(file: Path, heroku: str, certificate: Path) -> str:
    included = "".join(f'\tpath = "{_quoted(path)}"\n' for path in _users_own(file))
    secure = heroku.replace("http:", "https:", 1)
    return f"""\
[include]
{included}[http "{secure}"]
\tsslCAInfo = "{_quoted(certificate)}"
\tproxy =
[http "{heroku}"]
\tproxy =
{_credential(secure)}{_credential(heroku)}"""


def _credential(address: str) -> str:
    """Return the section of an address's credentials.

    The address ends with a slash, because the CLI replaces the section without one.
    """
    return f"""\
[credential "{address}/"]
\tusername = heroku
\thelper =
\thelper = "{HELPER}"
"""


def _users_own(file: Path) -> list[Path]:
    """Return the files that Git reads without our `GIT_CONFIG_GLOBAL`, or with the user's own.

    https://git-scm.com/docs/git-config#FILES
    """
    named = os.environ.get("GIT_CONFIG_GLOBAL")
    if named is not None and Path(named) != file:
        return [Path(named)] if named else []
    home = Path.home()
    folder = os.environ.get("XDG_CONFIG_HOME") or home / ".config"
    return [Path(folder) / "git/config", home / ".gitconfig"]


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')
