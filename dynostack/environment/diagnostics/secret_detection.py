"""Detection of secrets by their name or by the format of their value."""

import re

HIDDEN = frozenset({"configVars", "config", "drains"})
"""Keys whose values may be secrets.  Messages never repeat these values."""

_SECRET_NAME = re.compile(
    r"(.*_)?(SECRET|SECRET_KEY|SECRET_KEY_BASE|TOKEN|PASS|PASSWORD|PASSWD|PASSPHRASE|API_?KEY"
    r"|ACCESS_KEY|PRIVATE_KEY|ENCRYPTION_KEY|SIGNING_KEY|CREDENTIALS?)",
    re.IGNORECASE,
)
_SWITCHES = frozenset({"", "0", "1", "true", "false", "on", "off", "yes", "no"})
"""Values that only turn something on or off, and so are not secret whatever their name."""

_PLACEHOLDERS = frozenset(
    {
        "changeme",
        "change-me",
        "change_me",
        "dummy",
        "example",
        "fake",
        "none",
        "placeholder",
        "todo",
    }
)
_PASSWORD_IN_ADDRESS = re.compile(r"(?<=[a-z0-9+.-])://[^\s/?#@:]*:[^\s/?#@]+@", re.IGNORECASE)
"""A part of an address.  It begins where the scheme ends, so that each text is read once."""

_KEY_FORMATS = {
    "a private key": ("PRIVATE KEY-", r"-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----"),
    "an AWS access key": ("IA", r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a GitHub token": ("_", r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})"),
    "a GitLab token": ("glpat-", r"\bglpat-[\w-]{20,}"),
    "a Stripe key": ("k_live_", r"\b[sr]k_live_[0-9A-Za-z]{10,}"),
    "a Slack token": ("xox", r"\bxox[abeoprs]-[\w-]{10,}"),
    "a Slack webhook": ("hooks.slack", r"https://hooks\.slack\.com/services/\w+/\w+/\w+"),
    "a Heroku API key": ("HRKU-", r"\bHRKU-[\w-]{30,}"),
    "a Pulumi access token": ("pul-", r"\bpul-[0-9a-f]{40}\b"),
    "a SendGrid key": ("SG.", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    "a Mailgun key": ("key-", r"\bkey-[0-9a-f]{32}\b"),
    "a Twilio key": ("SK", r"\bSK[0-9a-f]{32}\b"),
    "a Google API key": ("AIza", r"\bAIza[\w-]{35}"),
    "a DigitalOcean token": ("_v1_", r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    "an npm token": ("npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
    "a PyPI token": ("pypi-", r"\bpypi-[\w-]{50,}"),
    "a JSON Web Token": ("eyJ", r"(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
}
"""Description of a kind of key -> a text that it contains, and the pattern of its format."""


def is_secret_name(name: str) -> bool:
    """Return whether a name suggests a secret."""
    return bool(_SECRET_NAME.fullmatch(name))


def is_switch(value: str) -> bool:
    """Return whether a value only turns something on or off."""
    return value.strip().lower() in _SWITCHES


def is_placeholder(value: str) -> bool:
    """Return whether a value only takes the place of a secret, such as changeme or xxxx."""
    return value.strip().lower() in _PLACEHOLDERS or len(set(value.strip())) == 1


def is_secret(name: str, value: str) -> bool:
    """Return whether a config var is a secret, by its name or by the format of its value."""
    return (
        (is_secret_name(name) and not is_switch(value))
        or has_password(value)
        or bool(format_of(value))
    )


def has_password(address: str) -> bool:
    """Return whether the text contains an address with a password."""
    return "://" in address and bool(_PASSWORD_IN_ADDRESS.search(address))


def format_of(value: str) -> str:
    """Return the kind of key that the text contains, or "" if it contains no known kind."""
    for kind, (part, form) in _KEY_FORMATS.items():
        if part in value and re.search(form, value):
            return kind
    return ""
