"""Names that are probably meant by invalid ones, such as my-store by My Store!"""

import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit

OFFICIAL_BUILDPACKS = (
    *("clojure", "dotnet", "go", "gradle", "java"),
    *("nodejs", "php", "python", "ruby", "scala"),
)
"""https://devcenter.heroku.com/articles/officially-supported-buildpacks"""

_SSH_REPOSITORY = re.compile(r"(ssh://)?git@(?P<host>[\w.-]+)[:/](?P<path>[\w./#-]+)")


def dashed(name: str) -> str:
    """Return lowercase letters and digits with single dashes between them."""
    return re.sub(r"[^a-z0-9]+", "-", _ascii(name).lower()).strip("-")


def short_and_dashed(name: str) -> str:
    """Return a name with dashes that has at most 30 characters, as apps and pipelines have."""
    return dashed(name)[:30].rstrip("-")


def underscored(name: str) -> str:
    """Return letters, digits and underscores."""
    return re.sub(r"\W+", "_", _ascii(name), flags=re.ASCII).strip("_")


def upper_underscored(name: str) -> str:
    """Return uppercase letters, digits and underscores."""
    return underscored(name).upper()


def dashed_or_underscored(name: str) -> str:
    """Return letters, digits, underscores, and single dashes for anything else."""
    return re.sub(r"[^\w-]+", "-", _ascii(name), flags=re.ASCII).strip("-")


def email(text: str) -> str:
    """Return the address in a text such as `Dev <dev@acme.example>` or a mailto: link."""
    found = re.search(r"<([^<>]*)>", text)
    return (found[1] if found else text.strip().removeprefix("mailto:")).strip()


def hostname(text: str) -> str:
    """Return the host name in an address, in lowercase and in ASCII as the DNS has it."""
    address = text.strip() if "://" in text[:16] else f"//{text.strip()}"
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except (UnicodeError, ValueError):
        return ""


def buildpack(text: str) -> str:
    """Return the registry's name of one of Heroku's own buildpacks, or the URL of a repository."""
    name = text.strip().lower()
    if repository := _SSH_REPOSITORY.fullmatch(text.strip()):
        return f"https://{repository['host']}/{repository['path']}"
    return f"heroku/{name}" if name in OFFICIAL_BUILDPACKS else ""


def relative_folder(text: str) -> str:
    """Return a relative path with slashes, without a leading dot."""
    path = PureWindowsPath(text)
    if path.drive or path.root or not text or "\\" not in text:
        return ""
    return PurePosixPath(path.as_posix()).as_posix()


def _ascii(text: str) -> str:
    """Return a text without the accents of its letters."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(each for each in parts if not unicodedata.combining(each))
