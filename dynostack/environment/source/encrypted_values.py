"""Findings about encrypted values that Pulumi cannot decrypt, and about the keys they need.

https://www.pulumi.com/docs/iac/concepts/secrets/
"""

import re
from collections.abc import Iterator, Mapping

from dynostack.environment.diagnostics.finding import Finding, Path
from dynostack.environment.diagnostics.yaml_tree import Tree
from dynostack.environment.secret_names import secret_command
from dynostack.environment.section import near

_BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_WITH_A_KEY = re.compile(rf"v1:[A-Za-z0-9+/]{{16}}:{_BASE64}")
"""The form of a value that a passphrase or a cloud's key encrypted."""

_BY_PULUMI_CLOUD = re.compile(rf"(?=.{{8}}){_BASE64}")
_PASSPHRASE = ("", "passphrase", "default")
"""Values of `secretsprovider` with which the file needs a salt."""

_BESIDE_CONFIG = ("config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment")
"""The keys at the top of a stack's file."""

_API_KEY = "heroku:apiKey"


def encrypted_values(whole: Tree, stack: str, own: Mapping[str, str]) -> Iterator[Finding]:
    """Yield findings about a whole file; paths begin at its top.

    Args:
        whole: the file.
        stack: the stack's name.
        own: the project's keys below `config`, and the section of each.
    """
    root = whole.root if isinstance(whole.root, dict) else {}
    yield from _keys_beside_config(root, whole)
    config = root.get("config")
    if isinstance(config, dict) and isinstance(config.get(_API_KEY), str):
        message = "the API key of a Heroku account is in plain text"
        place = whole.spans["config", _API_KEY].key
        suggestion = "nothing here, and the key in the environment variable HEROKU_API_KEY"
        yield Finding(("config", _API_KEY), "DS408", message, suggestion, at_key=True, place=place)
    needs_salt = _needs_salt(root)
    for path, span in whole.spans.items():
        if span.kind != "secret" or path[:1] != ("config",):
            continue
        if not (_WITH_A_KEY.fullmatch(span.text) or _BY_PULUMI_CLOUD.fullmatch(span.text)):
            message = "secure must be followed by a value that Pulumi encrypted, and this is none"
            suggestion = _encrypted(path, stack, own)
            yield Finding(path, "DS405", message, suggestion, place=span.value)
        elif needs_salt and span.text.startswith("v1:"):
            message = "Pulumi cannot decrypt this value: the file has no encryptionsalt"
            suggestion = "encryptionsalt: of the file that the value was copied from, or encrypt it"
            yield Finding(path, "DS406", message, suggestion, place=span.value)
            return  # all values have the same key


def _encrypted(path: Path, stack: str, own: Mapping[str, str]) -> str:
    """Return the suggestion to encrypt the value at a path."""
    keys = [part for part in path[1:] if isinstance(part, str)]
    if len(keys) < len(path) - 1 or keys[0] not in own:
        return "the value encrypted by Pulumi"
    command = secret_command(stack, (own[keys[0]], *keys[1:]))
    return f"the value encrypted: {command}"


def _needs_salt(root: Mapping[str, object]) -> bool:
    provider = root.get("secretsprovider", "")
    has_key = "encryptedkey" in root or provider not in _PASSPHRASE
    return not (has_key or root.get("encryptionsalt"))


def _keys_beside_config(root: Mapping[str, object], whole: Tree) -> Iterator[Finding]:
    """Report misspelled keys, which Pulumi ignores."""
    for key in root.keys() - {*_BESIDE_CONFIG}:
        meant = near(key, _BESIDE_CONFIG) if isinstance(key, str) else ()
        if meant and meant[0] not in root:
            message = f'Pulumi ignores the key "{key}"'
            place = whole.spans[key,].key
            yield Finding((), "DS409", message, meant[0], meant[:1], at_key=True, place=place)
