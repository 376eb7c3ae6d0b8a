"""The settings module and the modules of the project that it imports, as syntax trees."""

import ast
import warnings
from dataclasses import dataclass, field
from functools import lru_cache

from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.django.text import SourceFolder, Text

MANAGE = "manage.py"
SETTINGS_VARIABLE = "DJANGO_SETTINGS_MODULE"


class NotPython(Exception):
    """A module is not valid Python.  Holds its text and the place of the error."""

    def __init__(self, text: Text, place: Position) -> None:
        super().__init__(text.file)
        self.text, self.place = text, place


@dataclass
class Module:
    """One module of the project."""

    name: str
    """The dotted name under which it is imported."""
    package: str
    text: Text
    tree: ast.Module
    stars: list["Module"] = field(default_factory=list)
    """Modules of the project from which it imports `*`, in order."""
    imported: dict[str, tuple["Module", str]] = field(default_factory=dict)
    """A name here -> the project's module that it comes from, and its name there or ""."""
    foreign: dict[str, str] = field(default_factory=dict)
    """A name here -> the dotted name that it is imported from, outside the project."""
    foreign_stars: set[str] = field(default_factory=set)


def settings_of_manage(folder: SourceFolder) -> str:
    """Return the settings module that manage.py names, or ""."""
    text = folder.read(MANAGE)
    if text is None:
        return ""
    try:
        tree = parsed(text.content)
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            words = [each.value for each in node.args if isinstance(each, ast.Constant)]
            if node.func.attr == "setdefault" and words[:1] == [SETTINGS_VARIABLE]:
                return str(words[1]) if len(words) > 1 else ""
    return ""


def candidates(folder: SourceFolder) -> list[str]:
    """Return the settings modules one folder below the top level."""
    files = [*folder.names("*/settings.py"), *folder.names("*/settings/*.py")]
    found = (file.removesuffix(".py").replace("/", ".") for file in files)
    return [name.removesuffix(".__init__") for name in found]


def roots(folder: SourceFolder, module: str) -> list[str]:
    """Return the folders that contain a module, relative to the top level, which itself is "."."""
    path = module.replace(".", "/")
    if not all(map(str.isidentifier, module.split("."))):
        return []
    found = {
        name.removesuffix(end).rstrip("/") or "."
        for end in (f"{path}.py", f"{path}/__init__.py")
        for name in [*folder.names(end), *folder.names(f"*/{end}")]
    }
    return ["."] if "." in found else sorted(found)


@lru_cache(maxsize=512)
def parsed(content: str) -> ast.Module:
    """Return the syntax tree of a text.

    Raises:
        SyntaxError: if the text is not Python.
    """
    with warnings.catch_warnings():
        # Python warns about the project's code, such as "\d" in plain text.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(content)
        except (ValueError, RecursionError, MemoryError):
            raise SyntaxError from None


MOST = 100
"""Maximum number of modules to read for a project's settings; rules skip a project with more."""


class Modules:
    """The modules of a project, each read once."""

    def __init__(self, folder: SourceFolder, root: str = ".") -> None:
        self._folder = folder
        self._prefix = "" if root == "." else f"{root}/"
        self._known: dict[str, Module | None] = {}
        self._waiting: list[Module] = []
        self.complete = True
        """False if there were more than MOST modules."""

    def read(self, name: str) -> Module | None:
        """Return a module with its imports from the project, or None if it does not exist.

        Raises:
            NotPython: if it, or a module that it imports, is not valid Python.
        """
        module = self._found(name)
        while self._waiting:
            each = self._waiting.pop()
            for node in ast.walk(each.tree):
                if isinstance(node, ast.Import):
                    self._import(each, node)
                elif isinstance(node, ast.ImportFrom):
                    self._import_from(each, node)
        return module

    def _found(self, name: str) -> Module | None:
        if name not in self._known:
            self._known[name] = self._parsed(name)
        return self._known[name]

    def _parsed(self, name: str) -> Module | None:
        path = self._prefix + name.replace(".", "/")
        text, package = self._folder.read(f"{path}.py"), name.rpartition(".")[0]
        if text is None:
            text, package = self._folder.read(f"{path}/__init__.py"), name
        if text is None or not name:
            return None
        self.complete = self.complete and sum(map(bool, self._known.values())) < MOST
        if not self.complete:
            return None
        module = Module(name, package, text, _tree(text))
        self._waiting.append(module)
        return module

    def _import(self, module: Module, node: ast.Import) -> None:
        for each in node.names:
            name = each.asname or each.name.partition(".")[0]
            if found := self._found(each.name):
                module.imported[name] = (found, "")
            else:
                module.foreign[name] = each.name

    def _import_from(self, module: Module, node: ast.ImportFrom) -> None:
        source = _absolute(module, node)
        parent = self._found(source)
        for each in node.names:
            name = each.asname or each.name
            if child := self._found(f"{source}.{each.name}"):
                module.imported[name] = (child, "")
            elif parent and each.name == "*":
                module.stars.append(parent)
            elif parent:
                module.imported[name] = (parent, each.name)
            elif each.name == "*":
                module.foreign_stars.add(source)
            else:
                module.foreign[name] = f"{source}.{each.name}"


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _tree(text: Text) -> ast.Module:
    try:
        return parsed(text.content)
    except SyntaxError as error:
        line = min(error.lineno or 1, len(text.lines))
        raise NotPython(text, Position(line, max(error.offset or 1, 1))) from None


def origin(module: Module, node: ast.expr, seen: frozenset[tuple[str, str]] = frozenset()) -> str:
    """Return an expression's dotted name, resolved to its import: `env.db` to environ.Env.db."""
    if isinstance(node, ast.Attribute):
        parent = origin(module, node.value, seen)
        return f"{parent}.{node.attr}" if parent else ""
    if isinstance(node, ast.Call):
        return origin(module, node.func, seen)
    if not isinstance(node, ast.Name) or (module.name, node.id) in seen:
        return ""
    seen |= {(module.name, node.id)}
    if node.id in module.foreign:
        return module.foreign[node.id]
    if node.id in module.imported:
        source, there = module.imported[node.id]
        return origin(source, ast.Name(there), seen) if there else ""
    value = _assigned(module, node.id)
    if isinstance(value, ast.Call):
        return origin(module, value.func, seen)
    found = (origin(source, node, seen) for source in reversed(module.stars))
    return next(filter(None, found), "")


def mentions(node: ast.AST, name: str) -> bool:
    """Return whether a name occurs in a part of a module."""
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))


def _assigned(module: Module, name: str) -> ast.expr | None:
    """Return the first value that is assigned to a name."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    return node.value
    return None
