"""Calls that read a config var: those of os, django-environ, environs and python-decouple."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from dynostack.environment.django.modules import Module, origin

ENVIRON = "os.environ"
PLAIN_READERS = frozenset({"os.environ.get", "os.getenv"})
DECOUPLE, DECOUPLE_LIST = "decouple.config", "decouple.Csv"
ENV_CLASSES = ("environ.Env", "environ.FileAwareEnv", "environs.Env", "environs.FileAwareEnv")
"""https://django-environ.readthedocs.io/en/stable/types.html,
https://github.com/sloria/environs#supported-types"""

DATABASE_METHODS = frozenset({"db", "db_url", "dj_db_url"})
DATABASE_URL = "DATABASE_URL"
ADDRESS_READERS = {"dj_database_url.config": DATABASE_URL}
ADDRESS_PARSERS = frozenset({"dj_database_url.parse", "dj_database_url.DBConfig"})


class EnvCall(NamedTuple):
    """One call that reads a config var."""

    name: ast.expr | None
    """The expression for the config var's name; None is DATABASE_URL."""
    default: ast.expr | None
    cast: str
    """The type of the result: str, bool, int, list or db; "" if it is another one."""


def env_call(module: Module, node: ast.Call) -> EnvCall | None:
    """Return a call as one that reads a config var, or None if it is none of those known."""
    name = origin(module, node.func)
    options = {each.arg: each.value for each in node.keywords if each.arg}
    first, rest = (node.args[0] if node.args else None), node.args[1:]
    default = options.get("default") or (rest[0] if rest else None)
    if name in PLAIN_READERS:
        return EnvCall(options.get("key") or first, default or ast.Constant(None), "str")
    if name == DECOUPLE:
        return EnvCall(first, default, _cast(module, options.get("cast")))
    if name in ADDRESS_READERS:
        default = options.get("default") or (rest[0] if rest else None)
        return EnvCall(options.get("env") or first, default or ast.Constant(""), "db")
    for known in ENV_CLASSES:
        if name == known:
            scheme = _scheme(module, first)
            if scheme is not None and "default" not in options and not rest:
                return EnvCall(first, scheme[1], _cast(module, scheme[0]))
            given = options.get("default") or (
                rest[-1] if known.startswith("environs") and rest else None
            )
            return EnvCall(first, given, _cast(module, options.get("cast")))
        if name.startswith(f"{known}."):
            method = name.removeprefix(f"{known}.")
            if method in DATABASE_METHODS:
                return EnvCall(options.get("var") or first, default, "db")
            return EnvCall(first, default, method if not options.get("subcast") else "")
    return None


def _cast(module: Module, node: ast.expr | None) -> str:
    if node is None:
        return "str"
    if isinstance(node, ast.Call) and origin(module, node.func) == DECOUPLE_LIST:
        return "list" if not (node.args or node.keywords) else ""
    if isinstance(node, ast.Attribute) and origin(module, node) in ADDRESS_PARSERS:
        return "db"
    return node.id if isinstance(node, ast.Name) else ""


def _scheme(module: Module, name: ast.expr | None) -> tuple[ast.expr, ast.expr | None] | None:
    """Return type and default of a config var in the scheme of an Env(DEBUG=(bool, False))."""
    if not isinstance(name, ast.Constant):
        return None
    return next((each for wanted, each in schemes(module) if wanted == name.value), None)


def schemes(module: Module) -> Iterator[tuple[str, tuple[ast.expr, ast.expr | None]]]:
    """Yield each config var in the schemes of a module and of those that it imports directly."""
    sources = [source for source, _ in module.imported.values()]
    for each in dict.fromkeys((module, *sources, *module.stars)):
        for node in ast.walk(each.tree):
            if isinstance(node, ast.Call) and origin(each, node.func) in ENV_CLASSES:
                for option in node.keywords:
                    if option.arg and isinstance(option.value, ast.Tuple):
                        elements = option.value.elts
                        if elements:
                            default = elements[1] if len(elements) > 1 else None
                            yield option.arg, (elements[0], default)
                    elif option.arg and isinstance(option.value, ast.Name):
                        yield option.arg, (option.value, None)
