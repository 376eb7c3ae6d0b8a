"""Secrets in plain text.  No message repeats a value."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from config.finding import Finding, Path
from config.subject import Subject

_SECRET_NAME = re.compile(
    r"(.*_)?(SECRET|SECRET_KEY|SECRET_KEY_BASE|TOKEN|PASS|PASSWORD|PASSWD|PASSPHRASE|API_?KEY"
    r"|ACCESS_KEY|PRIVATE_KEY|ENCRYPTION_KEY|SIGNING_KEY|CREDENTIALS?)",
    re.IGNORECASE,
)
_SWITCHES = frozenset({"", "0", "1", "true", "false", "on", "off", "yes", "no"})
"""Values that turn something on or off, whatever its name is."""

_PASSWORD_IN_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@:]*:[^\s/?#@]+@", re.IGNORECASE)

_KEY_FORMATS = {
    "a private key": r"-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----",
    "an AWS access key": r"\b(AKIA|ASIA)[0-9A-Z]{16}\b",
    "a GitHub token": r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})",
    "a GitLab token": r"\bglpat-[\w-]{20,}",
    "a Stripe key": r"\b[sr]k_live_[0-9A-Za-z]{10,}",
    "a Slack token": r"\bxox[abeoprs]-[\w-]{10,}",
    "a Slack webhook": r"https://hooks\.slack\.com/services/\w+/\w+/\w+",
    "a Heroku API key": r"\bHRKU-[\w-]{30,}",
    "a Pulumi access token": r"\bpul-[0-9a-f]{40}\b",
    "a SendGrid key": r"\bSG\.[\w-]{16,}\.[\w-]{16,}",
    "a Mailgun key": r"\bkey-[0-9a-f]{32}\b",
    "a Twilio key": r"\bSK[0-9a-f]{32}\b",
    "a Google API key": r"\bAIza[\w-]{35}",
    "a DigitalOcean token": r"\bdo[opr]_v1_[0-9a-f]{64}\b",
    "an npm token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "a PyPI token": r"\bpypi-[\w-]{50,}",
    "a JSON Web Token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
}
"""What a value is -> how it is told from any other text."""


@dataclass(frozen=True)
class Plain:
    """A value in plain text where a secret could stand."""

    path: Path
    name: str
    value: str


def kept_secret(subject: Subject) -> Iterator[Finding]:
    """Whoever reads the repository reads what is in plain text in it."""
    for plain in _values(subject):
        if told := _secret(plain):
            yield Finding(plain.path, *told, _encrypted(subject, plain.path))
    listed = subject.keys("app").get("buildpacks")
    for index, address in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(address, str) and _PASSWORD_IN_ADDRESS.search(address):
            says = "this address has a password in it, in plain text"
            path = ("app", "buildpacks", index)
            yield Finding(path, "DS402", says, "an address that needs no password")


def _secret(plain: Plain) -> tuple[str, str] | None:
    """Code and words for a value that should be encrypted."""
    if _PASSWORD_IN_ADDRESS.search(plain.value):
        return "DS402", f"{plain.name} is an address with a password in it, in plain text"
    for what, form in _KEY_FORMATS.items():
        if re.search(form, plain.value):
            return "DS403", f"{plain.name} is {what}, in plain text"
    if _SECRET_NAME.fullmatch(plain.name) and plain.value.strip().lower() not in _SWITCHES:
        return "DS401", f"{plain.name} is a secret by its name, and in plain text"
    return None


def _values(subject: Subject) -> Iterator[Plain]:
    places = [("app", "configVars"), ("drains",)]
    places += [("addons", key, "config") for key in subject.keys("addons")]
    for path in places:
        for name, value in subject.keys(*path).items():
            if isinstance(value, str):
                yield Plain((*path, name), name, value)


def _encrypted(subject: Subject, path: Path) -> str:
    """The command that asks for the value and writes it encrypted; the value is not part of it."""
    section, *keys = path
    steps = (f".{key}" if re.fullmatch(r"[\w-]+", str(key)) else f'["{key}"]' for key in keys)
    key, stack = f"{subject.project}:{section}{''.join(steps)}", shlex.quote(subject.stack)
    quoted = shlex.quote(key) if "'" in key else f"'{key}'"
    return f"it encrypted: pulumi config set --secret --path {quoted} -s {stack}"


RULES = (kept_secret,)
