"""Findings about encrypted values that Pulumi cannot decrypt, and about the keys they need.

https://www.pulumi.com/docs/iac/concepts/secrets/
"""

import re
from collections.abc import Callable, Iterator, Mapping

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

_SALT = re.compile(r"v1:[^:\s]+:v1:[^:\s]+:[^:\s]+")
_API_KEY = "heroku:apiKey"

IsDecryptable = Callable[[str], bool]
"""Takes a ciphertext."""
KeyOfSalt = Callable[[str], IsDecryptable | None]
"""Takes an `encryptionsalt`, and returns None if the known passphrase is not that of the file."""


def no_passphrase(salt: str) -> None:
    """Return no key: no passphrase is known."""


def encrypted_values(
    whole: Tree, stack: str, own: Mapping[str, str], key_of_salt: KeyOfSalt = no_passphrase
) -> Iterator[Finding]:
    """Yield findings about a whole file; paths begin at its top.

    Args:
        whole: the file.
        stack: the stack's name.
        own: the project's keys below `config`, and the section of each.
        key_of_salt: decrypts the values whose passphrase is known.
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
    is_decryptable = None
    if (salt := root.get("encryptionsalt")) and _has_passphrase(root):
        if not (isinstance(salt, str) and _SALT.fullmatch(salt)):
            yield _damaged_salt(whole)
            return
        is_decryptable = key_of_salt(salt)
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
        elif is_decryptable and not (span.text.startswith("v1:") and is_decryptable(span.text)):
            message = "Pulumi cannot decrypt this value: encryptionsalt belongs to another key"
            suggestion = _encrypted(path, stack, own)
            yield Finding(path, "DS407", message, suggestion, place=span.value)


def _damaged_salt(whole: Tree) -> Finding:
    message = "Pulumi cannot decrypt the secrets of this file: encryptionsalt is damaged"
    suggestion = "encryptionsalt: with its value from an earlier version of the file"
    place = whole.spans["encryptionsalt",].value
    return Finding((), "DS406", message, suggestion, place=place)


def _encrypted(path: Path, stack: str, own: Mapping[str, str]) -> str:
    """Return the suggestion to encrypt the value at a path."""
    keys = [part for part in path[1:] if isinstance(part, str)]
    if len(keys) < len(path) - 1 or keys[0] not in own:
        return "the value encrypted by Pulumi"
    command = secret_command(stack, (own[keys[0]], *keys[1:]))
    return f"the value encrypted: {command}"


def _has_passphrase(root: Mapping[str, object]) -> bool:
    return "encryptedkey" not in root and root.get("secretsprovider", "") in _PASSPHRASE


def _needs_salt(root: Mapping[str, object]) -> bool:
    return _has_passphrase(root) and not root.get("encryptionsalt")


def _keys_beside_config(root: Mapping[str, object], whole: Tree) -> Iterator[Finding]:
    """Report misspelled keys, which Pulumi ignores."""
    for key in root.keys() - {*_BESIDE_CONFIG}:
        meant = near(key, _BESIDE_CONFIG) if isinstance(key, str) else ()
        if meant and meant[0] not in root:
            message = f'Pulumi ignores the key "{key}"'
            place = whole.spans[key,].key
            yield Finding((), "DS409", message, meant[0], meant[:1], at_key=True, place=place)
