"""Detection of the config vars that the settings read, from their text.

For each config var the answer is yes, no or unclear.  Rules report only a clear no, so code that
may read a config var in a way that this module does not understand makes the answer unclear.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

from dynostack.environment.django.modules import Module, mentions, origin
from dynostack.environment.django.settings_classes import fields

READ_BY_CALL = {
    "dj_database_url.config": "DATABASE_URL",
    "environ.Env.db": "DATABASE_URL",
    "environ.Env.db_url": "DATABASE_URL",
    "environ.FileAwareEnv.db": "DATABASE_URL",
    "environ.FileAwareEnv.db_url": "DATABASE_URL",
    "environs.Env.dj_db_url": "DATABASE_URL",
    "django_heroku.settings": "DATABASE_URL",
    "django_on_heroku.settings": "DATABASE_URL",
    "configurations.values.DatabaseURLValue": "DATABASE_URL",
}
"""A call that does not name its config var -> the config var that it reads."""

PLAIN = frozenset(
    {
        *("configurations", "decouple", "dj_database_url", "django", "dotenv", "environ"),
        *("environs", "pydantic", "pydantic_settings", "split_settings", "whitenoise"),
    }
)
"""Packages, besides the standard library, that read only the config vars that callers name."""

_NAMING = frozenset({"env", "var", "environ_name"})
"""Keyword arguments of these calls that name a config var."""

_DYNAMIC = frozenset(
    {
        *("exec", "eval", "__import__", "globals", "locals", "vars"),
        *("import_module", "import_string", "include", "load_source"),
    }
)
NESTED = "env_nested_delimiter"
"""A setting of pydantic-settings with which names of config vars are composed."""
_PLACEHOLDER = re.compile(r"%s|\{\w*\}")


class SettingsUsage:
    """The config vars and settings that a set of modules uses."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self._modules = list(modules)
        self._constants = {text for each in self._modules for text in _constants(each.tree)}
        self._read: dict[str, bool] = {}
        self._doubted: dict[str, bool] = {}

    def reads(self, variable: str) -> bool:
        """Return whether the text shows that a config var is read."""
        if variable not in self._read:
            self._read[variable] = self._reads(variable)
        return self._read[variable]

    def mentions(self, text: str) -> bool:
        """Return whether a text occurs as a constant in one of the modules."""
        return text in self._constants

    def sets(self, setting: str) -> bool:
        """Return whether one of the modules names a setting."""
        return setting in self._names

    @cached_property
    def _names(self) -> set[str]:
        nodes = (node for module in self._modules for node in ast.walk(module.tree))
        return {node.id for node in nodes if isinstance(node, ast.Name)}

    def doubt(self, setting: str) -> bool:
        """Return whether a setting may get its value in a way that the text does not show."""
        if setting not in self._doubted:
            self._doubted[setting] = self.is_dynamic or any(
                _is_from_elsewhere(module, setting) for module in self._modules
            )
        return self._doubted[setting]

    @cached_property
    def is_dynamic(self) -> bool:
        """Whether names are created or read in ways that only running the modules shows."""
        return any(_is_dynamic(module) for module in self._modules)

    def _reads(self, variable: str) -> bool:
        return (
            variable in self._constants
            or any(
                variable == field.variable for module in self._modules for field in fields(module)
            )
            or any(self._composed(variable, module) for module in self._modules)
            or any(_called(module, variable) for module in self._modules)
        )

    def _composed(self, variable: str, module: Module) -> bool:
        """Return whether a module composes this name, as f"{service}_SERVERS" with MEMCACHIER."""
        for parts in _templates(module.tree):
            pattern = "".join("(.*)" if part is None else re.escape(part) for part in parts)
            if (found := re.fullmatch(pattern, variable)) and any(parts):
                fillings = [filling for filling in found.groups() if filling]
                if all(filling in self._constants for filling in fillings):
                    return True
        return False


def all_of(module: Module) -> list[Module]:
    """Return a module and every module of the project that it imports, directly or indirectly."""
    found = {module.name: module}
    waiting = [module]
    while waiting:
        each = waiting.pop()
        for other in (*each.stars, *(source for source, _ in each.imported.values())):
            if other.name not in found:
                found[other.name] = other
                waiting.append(other)
    return list(found.values())


@lru_cache(maxsize=512)
def _constants(tree: ast.Module) -> frozenset[str]:
    """Return all string constants except standalone ones, such as docstrings."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return frozenset(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone
    )


@lru_cache(maxsize=512)
def _templates(tree: ast.Module) -> tuple[tuple[str | None, ...], ...]:
    """Return templates as tuples, None for a placeholder: f"{x}_A", x + "_A", "%s_A", "{}_A"."""
    return tuple(tuple(parts) for node in ast.walk(tree) if (parts := list(_template(node))))


def _template(node: ast.AST) -> Iterator[str | None]:
    if isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield str(part.value) if isinstance(part, ast.Constant) else None
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for side in (node.left, node.right):
            text = side.value if isinstance(side, ast.Constant) else None
            yield text if isinstance(text, str) else None
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        pieces = _PLACEHOLDER.split(node.value)
        if len(pieces) > 1:
            for index, piece in enumerate(pieces):
                yield from ([None] if index else [])
                yield piece


def _called(module: Module, variable: str) -> bool:
    return any(
        READ_BY_CALL.get(origin(module, node.func)) == variable
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and not _names_another(node)
    )


def _names_another(node: ast.Call) -> bool:
    """Return whether a call names the config var that it reads."""
    first = node.args[0] if node.args else None
    text = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return text or any(each.arg in _NAMING for each in node.keywords)


def _is_dynamic(module: Module) -> bool:
    """Return whether names are created or read in ways that only running the module shows."""
    if not all(map(_is_plain, module.foreign_stars)):
        return True
    harmless: set[int] = set()
    environments: set[int] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            if _name_called(node) in _DYNAMIC and not _is_included(module, node):
                return True
            if _takes_over(module, node) or any(each.arg == NESTED for each in node.keywords):
                return True
        harmless.update(id(each) for each in _harmless(module, node))
        if isinstance(node, ast.expr) and _is_environment(node):
            environments.add(id(node))
    return not environments <= harmless


def _is_included(module: Module, node: ast.Call) -> bool:
    """Return whether a call runs files of the project that are read as well."""
    return any(
        isinstance(each, ast.Expr) and each.value is node and found
        for each, found in module.sources.items()
    )


def _takes_over(module: Module, node: ast.Call) -> bool:
    """Return whether a call gives the module to a package that may set any name in it."""
    names = [each for each in node.args if isinstance(each, ast.Name)]
    if not any(each.id == "__name__" for each in names):
        return False
    package = origin(module, node.func).partition(".")[0]
    return bool(package) and not _is_plain(package)


def _name_called(node: ast.Call) -> str:
    called = node.func
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _is_environment(node: ast.expr) -> bool:
    """Return whether a node is os.environ, or environ from `from os import environ`."""
    if isinstance(node, ast.Attribute):
        return node.attr == "environ" and isinstance(node.value, ast.Name) and node.value.id == "os"
    return isinstance(node, ast.Name) and node.id == "environ"


def _harmless(module: Module, node: ast.AST) -> Iterator[ast.AST]:
    """Yield parts of a node where os.environ is harmless: one variable is read by its name."""
    match node:
        case ast.Subscript(value=value) | ast.Attribute(value=value, attr="get" | "setdefault"):
            yield value
        case ast.Attribute(value=ast.Name(id="environ") as package) if (
            module.foreign.get("environ") == "environ"
        ):
            yield package  # the package django-environ
        case ast.Compare(comparators=[value], ops=[ast.In() | ast.NotIn()]):
            yield value
        case ast.Call(func=called, args=arguments) if _is_of_the_project(module, called):
            yield from arguments


def _is_of_the_project(module: Module, called: ast.expr) -> bool:
    root = called
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name):
        return False
    here = (isinstance(node, ast.FunctionDef) and node.name == root.id for node in module.tree.body)
    return root.id in module.imported or any(here)


def _is_plain(package: str) -> bool:
    top = package.partition(".")[0]
    return top in PLAIN or top in sys.stdlib_module_names


def _is_from_elsewhere(module: Module, setting: str) -> bool:
    """Return whether a setting's value depends on a package that may read any config var."""
    waiting, seen = [setting], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if not all(map(_is_plain, _packages_behind(module, name))):
            return True
        for statement in module.tree.body:
            if _may_set(statement, name):
                waiting += [each.id for each in ast.walk(statement) if isinstance(each, ast.Name)]
    return False


def _packages_behind(module: Module, name: str) -> list[str]:
    if name in module.foreign:
        return [module.foreign[name]]
    if name in module.imported:
        return list(module.imported[name][0].foreign.values())
    return []


def _may_set(statement: ast.stmt, name: str) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return statement.name == name
    if isinstance(statement, ast.Assign):
        return any(mentions(target, name) for target in statement.targets)
    return mentions(statement, name)
