"""The config vars that the settings require or name, from their text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from dynostack.environment.diagnostics.finding import Elsewhere
from dynostack.environment.django.modules import Module, origin
from dynostack.environment.django.settings_classes import fields

READERS = frozenset(
    {
        "environ.Env",
        "environ.FileAwareEnv",
        "environs.Env",
        "environs.FileAwareEnv",
        "decouple.config",
    }
)
"""Functions and classes that read the config var that their first argument names."""
PREFIXED = ("environ.Env.", "environ.FileAwareEnv.", "environs.Env.", "environs.FileAwareEnv.")
METHODS = frozenset(
    {
        *("bool", "bytes", "cache", "cache_url", "channels", "channels_url", "date", "datetime"),
        *("db", "db_url", "decimal", "dict", "dj_cache_url", "dj_db_url", "dj_email_url", "email"),
        *("email_url", "enum", "float", "get_value", "int", "json", "list", "log_level", "path"),
        *("search_url", "str", "time", "timedelta", "tuple", "url", "uuid"),
    }
)
"""Methods of these classes that read the config var that their first argument names.

https://django-environ.readthedocs.io/en/stable/types.html,
https://github.com/sloria/environs#supported-types
"""
TEXT = "str"
_NAME = re.compile(r"[A-Z][A-Z0-9]*_?[A-Z0-9_]+").fullmatch


def required_variables(modules: Iterable[Module], *, is_certain: bool = False) -> dict[str, str]:
    """Return each config var that the settings read without a default, and its type.

    The type is the name of the method that reads it, such as bool, int or list; `str` for text.
    What runs only in some cases does not count, except what depends on DEBUG alone.

    Args:
        modules: the settings module and those that it imports.
        is_certain: whether to leave out what depends on DEBUG.
    """
    found: dict[str, str] = {}
    for module in modules:
        for name, kind, _ in _read(module, is_certain=is_certain):
            found.setdefault(name, kind)
    return found


def place_of(modules: Iterable[Module], variable: str) -> Elsewhere | None:
    """Return the first place where the settings read a config var without a default."""
    for module in modules:
        for name, _, node in _read(module, is_certain=True):
            if name == variable:
                return module.text.at(module.text.position(node))
    return None


def variables_of_setting(modules: Iterable[Module], setting: str) -> set[str]:
    """Return each config var that the value of a setting names.

    A function of the project may read it, so each text that could be a config var's name counts.
    """
    return {name for value in _values(modules, setting) for name in _names(value)}


def variables_in_lists(modules: Iterable[Module], setting: str) -> set[str]:
    """Return each config var that is one item of a list, as in `[environ["HOST"]]`."""
    return {
        name
        for value in _values(modules, setting)
        if isinstance(value, ast.List | ast.Tuple)
        for item in value.elts
        if not isinstance(item, ast.Starred)
        for name in _names(item)
    }


def _values(modules: Iterable[Module], setting: str) -> Iterator[ast.expr]:
    """Yield the values that are assigned to a setting."""
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(isinstance(each, ast.Name) and each.id == setting for each in targets):
                    yield node.value
                    yield from _tested(module, node)
                    yield from _named(module, node, node.value)


def _tested(module: Module, assignment: ast.stmt) -> Iterator[ast.expr]:
    """Yield what an assigned value takes from the test around it: `if hosts := getenv("HOSTS")`."""
    used = {each.id for each in ast.walk(assignment) if isinstance(each, ast.Name)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.If) and assignment in node.body:
            for each in ast.walk(node.test):
                if isinstance(each, ast.NamedExpr) and each.target.id in used:
                    yield each.value


def _named(module: Module, assignment: ast.stmt, value: ast.expr) -> Iterator[ast.expr]:
    """Yield the values of the module's own names in the value of an assignment.

    Such as the first line of: `hosts = getenv("HOSTS")`, `ALLOWED_HOSTS = hosts.split(",")`.
    """
    used = {each.id for each in _sources(value) if isinstance(each, ast.Name)}
    for node in module.tree.body:
        if not isinstance(node, ast.Assign) or node is assignment or _is_scheme(module, node.value):
            continue
        if any(isinstance(each, ast.Name) and each.id in used for each in node.targets):
            yield node.value


def _is_scheme(module: Module, value: ast.expr) -> bool:
    """Return whether a value is a call such as Env(DEBUG=(bool, False)), which reads nothing."""
    return isinstance(value, ast.Call) and not value.args and origin(module, value.func) in READERS


def _names(value: ast.expr) -> Iterator[str]:
    """Yield the texts in an expression that could be names of config vars."""
    for each in _sources(value):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and _NAME(each.value):
            yield each.value


def _sources(value: ast.expr) -> Iterator[ast.AST]:
    """Yield each part of an expression from which its value comes.

    A condition only decides, such as `DEBUG` in `"key" if DEBUG else getenv("KEY")`.  A text that
    is compared is no part either, such as the second one in `getenv("DEBUG") != "FALSE"`.
    """
    left: list[ast.AST] = [value]
    while left:
        part = left.pop()
        yield part
        if isinstance(part, ast.IfExp):
            left += [part.body, part.orelse]
        elif isinstance(part, ast.Compare):
            operands = (part.left, *part.comparators)
            left += [each for each in operands if not isinstance(each, ast.Constant)]
        else:
            left += ast.iter_child_nodes(part)


def _read(module: Module, *, is_certain: bool) -> Iterator[tuple[str, str, ast.expr | ast.stmt]]:
    schemes = _schemes(module)
    for field in fields(module):
        if field.is_required:
            yield field.variable, TEXT, field.node
    for node in _always(module.tree, is_certain=is_certain):
        match node:
            case ast.Subscript(
                value=ast.expr() as value, slice=ast.Constant(value=str() as name), ctx=ast.Load()
            ) if _is_environment(module, value):
                yield name, TEXT, node
            case ast.Call(func=called, args=[ast.Constant(value=str() as name), *others]):
                kind = _kind(module, called)
                if kind and not others and not _has_default(node) and name not in schemes:
                    yield name, _cast(node) or kind, node


def _always(node: ast.AST, *, is_certain: bool) -> Iterator[ast.AST]:
    """Yield the parts of a module that run whatever the config vars are."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() | ast.Try():
            return
        case ast.If(test=test) | ast.IfExp(test=test) if is_certain or not _is_about_debug(test):
            yield from _always(test, is_certain=is_certain)
            return
        case ast.BoolOp(values=[first, *_]):
            yield from _always(first, is_certain=is_certain)
            return
    yield node
    for each in ast.iter_child_nodes(node):
        yield from _always(each, is_certain=is_certain)


def _is_about_debug(test: ast.expr) -> bool:
    names = [each for each in ast.walk(test) if isinstance(each, ast.Name | ast.Attribute)]
    return all(isinstance(each, ast.Name) and each.id == "DEBUG" for each in names)


def _is_environment(module: Module, node: ast.expr) -> bool:
    return origin(module, node) == "os.environ"


def _kind(module: Module, called: ast.expr) -> str:
    """Return the type that a call reads; empty if it reads no config var."""
    name = origin(module, called)
    if name in READERS:
        return TEXT
    method = name.rpartition(".")[2]
    if name.startswith(PREFIXED) and method in METHODS:
        return method
    return ""


def _has_default(call: ast.Call) -> bool:
    return any(each.arg == "default" for each in call.keywords)


def _cast(call: ast.Call) -> str:
    """Return the type that a call names, as in config("DEBUG", cast=bool)."""
    for each in call.keywords:
        if each.arg == "cast" and isinstance(each.value, ast.Name):
            return each.value.id
    return ""


def _schemes(module: Module) -> frozenset[str]:
    """Return the config vars with a default in the scheme of an Env(DEBUG=(bool, False))."""
    return frozenset(
        each.arg
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and origin(module, node.func) in READERS
        for each in node.keywords
        if each.arg and isinstance(each.value, ast.Tuple)
    )
