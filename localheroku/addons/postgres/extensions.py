"""The extensions of our PostgreSQL: those that Heroku has, which every app can create.

PostgreSQL lets an ordinary role create an extension whose control file says that it is trusted.
https://www.postgresql.org/docs/current/extend-extensions.html
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tomllib
from functools import cache
from pathlib import Path

DATA = Path(__file__).with_name("extensions.toml")
INSTALLED = frozenset({"plpgsql"})
"""The extensions that every new database has; their control files are left unchanged."""

LAYOUT = 1
"""Increment this when `restrict` writes something else for the same data files."""

STUB = "# An extension that Heroku has and this PostgreSQL is built without.\n"
STUB_CONTROL = """\
comment = 'not available in the local Heroku'
default_version = '0'
superuser = false
relocatable = true
"""
STUB_SCRIPT = """\
DO $$ BEGIN
  RAISE EXCEPTION USING
    ERRCODE = 'feature_not_supported',
    MESSAGE = 'extension "{name}" is not available',
    DETAIL = 'The PostgreSQL of the local Heroku is built without this extension.',
    HINT = 'Heroku Postgres has it: test what needs it on Heroku.';
END $$;
"""

TRUST = re.compile(r"^(trusted|superuser)\s*=.*\n", re.MULTILINE)

# As on Heroku, the role that creates the extension may use the wrapper for its own servers.
GRANTS = {
    "postgres_fdw--1.0.sql": "GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO @extowner@;\n"
}


SCRIPTS = {"uuid-ossp--1.1.sql": Path(__file__).with_name("uuid-ossp.sql")}
"""File name of a script of PostgreSQL -> our script that replaces it."""


def fingerprint() -> str:
    """Return a short digest of what `restrict` writes; a new digest makes us unpack again."""
    digest = hashlib.sha256(f"{LAYOUT}".encode())
    for file in (DATA, *SCRIPTS.values()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


@cache
def names() -> frozenset[str]:
    """Return the extensions that Heroku has."""
    sources = tomllib.loads(DATA.read_text("utf-8"))["source"]
    return frozenset(name for source in sources for name in source["names"])


def restrict(folder: Path) -> None:
    """Limit the extensions in the folder of an unpacked PostgreSQL to those that Heroku has."""
    for control in folder.glob("*.control"):
        if control.stem not in names():
            control.unlink()
        elif control.stem not in INSTALLED:
            text = TRUST.sub("", control.read_text("utf-8").rstrip("\n") + "\n")
            control.write_text(f"{text}superuser = true\ntrusted = true\n", "utf-8")
    for name in names():
        if not (folder / f"{name}.control").exists():
            (folder / f"{name}.control").write_text(STUB + STUB_CONTROL, "utf-8")
            (folder / f"{name}--0.sql").write_text(STUB_SCRIPT.format(name=name), "utf-8")
    for script, ours in SCRIPTS.items():
        shutil.copyfile(ours, folder / script)
    for script, grant in GRANTS.items():
        with (folder / script).open("a", encoding="utf-8") as file:
            file.write(grant)


def available(folder: Path) -> list[str]:
    """Return those of Heroku's extensions that can be created from a folder of extensions."""
    return sorted(
        control.stem
        for control in folder.glob("*.control")
        if control.stem in names() and not control.read_text("utf-8").startswith(STUB)
    )
