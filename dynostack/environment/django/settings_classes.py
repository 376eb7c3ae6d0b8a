"""Classes whose fields are settings or config vars: pydantic-settings, django-configurations."""

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from dynostack.environment.django.modules import Module, origin

BASE_SETTINGS = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings"})
CONFIGURATION = "configurations.Configuration"
PREFIX = "env_prefix"
ALIASES = ("alias", "validation_alias", "env")
"""Arguments of Field() that name another config var.
https://docs.pydantic.dev/latest/concepts/pydantic_settings/#environment-variable-names"""


class EnvField(NamedTuple):
    """One field that pydantic-settings reads from a config var."""

    variable: str
    is_required: bool
    node: ast.stmt


def fields(module: Module) -> Iterator[EnvField]:
    """Yield each field of a module's settings classes that reads a config var."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and _derives(module, node, BASE_SETTINGS, set()):
            yield from _fields(node)


@lru_cache(maxsize=100)
def is_class_based(modules: tuple[Module, ...]) -> bool:
    """Return whether settings are the attributes of a class, as django-configurations has them."""
    return any(
        isinstance(node, ast.ClassDef) and _derives(module, node, {CONFIGURATION}, set())
        for module in modules
        for node in module.tree.body
    )


def _derives(
    module: Module, node: ast.ClassDef, wanted: Iterable[str], seen: set[ast.ClassDef]
) -> bool:
    if node in seen:
        return False
    seen.add(node)
    for base in node.bases:
        if origin(module, base) in wanted:
            return True
        source, name = module, base.id if isinstance(base, ast.Name) else ""
        if name in module.imported:
            source, name = module.imported[name]
        for each in source.tree.body:
            if not isinstance(each, ast.ClassDef) or each.name != name:
                continue
            if _derives(source, each, wanted, seen):
                return True
    return False


def _fields(node: ast.ClassDef) -> Iterator[EnvField]:
    prefix = _prefix(node)
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            alias, has_default = _field(each.value)
            name = alias or f"{prefix}{each.target.id}".upper()
            yield EnvField(name, not has_default, each)


def _field(value: ast.expr | None) -> tuple[str, bool]:
    """Return the config var that Field() names, or "", and whether there is a default."""
    if not isinstance(value, ast.Call):
        return "", value is not None
    name = value.func.id if isinstance(value.func, ast.Name) else ""
    if name != "Field":
        return "", True
    options = {each.arg: each.value for each in value.keywords}
    aliases = (options[name] for name in ALIASES if name in options)
    alias = next((a.value for a in aliases if isinstance(a, ast.Constant)), "")
    required = [isinstance(a, ast.Constant) and a.value is ... for a in value.args[:1]]
    has_default = bool({"default", "default_factory"} & options.keys()) or required == [False]
    return (alias.upper() if isinstance(alias, str) else ""), has_default


def _prefix(node: ast.ClassDef) -> str:
    """Return the prefix of the config vars of a class, from model_config or class Config."""
    for each in ast.walk(node):
        if isinstance(each, ast.keyword) and each.arg == PREFIX:
            value: ast.expr = each.value
        elif isinstance(each, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == PREFIX for target in each.targets
        ):
            value = each.value
        else:
            continue
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return value.value
    return ""
