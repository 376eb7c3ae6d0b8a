"""The settings module and the modules of the project that it imports, as syntax trees."""

import ast
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.django.locations import folder_of, inside, module_files
from dynostack.environment.django.syntax import NewerSyntax, parsed
from dynostack.environment.django.text import SourceFolder, Text

INCLUDE = "split_settings.tools.include"
OPTIONAL = "split_settings.tools.optional"
"""https://django-split-settings.readthedocs.io/en/latest/pages/usage.html"""


class NotPython(Exception):
    """A module is not valid Python.  Holds its text and the place of the error."""

    def __init__(self, text: Text, place: Position, *, is_certain: bool) -> None:
        super().__init__(text.file)
        self.text, self.place = text, place
        self.is_certain = is_certain
        """Whether the Python that the project asks for refuses it, too."""


@dataclass(eq=False)
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
    sources: dict[ast.stmt, list["Module"]] = field(default_factory=dict)
    """A statement -> the project's modules that it runs: from x import *, or include("x.py")."""
    missing: dict[ast.stmt, str] = field(default_factory=dict)
    """A statement -> the module that it imports from the project, which does not have it."""
    packages: dict[ast.stmt, list["Module"]] = field(default_factory=dict)
    """A statement -> the project's modules that it imports."""


MOST = 100
"""Maximum number of modules to read for a project's settings; rules skip a project with more."""


Prune = Callable[[str, ast.Module], ast.Module]
"""Returns the part of a module's tree that is to be read."""


class Modules:
    """The modules of a project, each read once."""

    def __init__(
        self,
        folder: SourceFolder,
        root: str = ".",
        version: str = "",
        prune: Prune = lambda _, tree: tree,
    ) -> None:
        """Initialize.

        Args:
            folder: the source.
            root: the folder that modules are imported from, besides the top level.
            version: the Python version that the project asks for.
            prune: returns the part of each tree that is to be read.
        """
        self._folder, self._version, self._prune = folder, version, prune
        self._roots = [root] if root in {"", "."} else [root, "."]
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
            for node in ast.walk(each.tree):
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                    self._include(each, node, node.value)
        return module

    def _found(self, name: str) -> Module | None:
        if name not in self._known:
            self._known[name] = self._parsed(name)
        return self._known[name]

    def _parsed(self, name: str) -> Module | None:
        if not name:
            return None
        module_file, package_file = module_files(name)
        for root in self._roots:
            if text := self._folder.read(inside(root, module_file)):
                return self._module(name, name.rpartition(".")[0], text)
            if text := self._folder.read(inside(root, package_file)):
                return self._module(name, name, text)
        return None

    def _module(self, name: str, package: str, text: Text) -> Module | None:
        self.complete = self.complete and sum(map(bool, self._known.values())) < MOST
        if not self.complete:
            return None
        module = Module(name, package, text, self._prune(name, _tree(text, self._version)))
        self._waiting.append(module)
        return module

    def _import(self, module: Module, node: ast.Import) -> None:
        for each in node.names:
            name = each.asname or each.name.partition(".")[0]
            if found := self._found(each.name):
                module.imported[name] = (found, "")
                module.packages.setdefault(node, []).append(found)
            else:
                module.foreign[name] = each.name
                if self._is_missing(each.name):
                    module.missing[node] = each.name

    def _import_from(self, module: Module, node: ast.ImportFrom) -> None:
        source = _absolute(module, node)
        parent = self._found(source)
        if (
            parent is None
            and (node.level or self._is_missing(source))
            and not self._is_package(source)
        ):
            module.missing[node] = source
        if parent:
            module.packages.setdefault(node, []).append(parent)
        for each in node.names:
            name = each.asname or each.name
            if child := self._found(f"{source}.{each.name}"):
                module.imported[name] = (child, "")
                module.packages.setdefault(node, []).append(child)
            elif parent and each.name == "*":
                module.stars.append(parent)
                module.sources[node] = [parent]
            elif parent:
                module.imported[name] = (parent, each.name)
            elif each.name == "*":
                if node not in module.missing:
                    module.foreign_stars.add(source)
            else:
                module.foreign[name] = f"{source}.{each.name}"

    def _include(self, module: Module, node: ast.Expr, call: ast.Call) -> None:
        """Read the files that `include("components/*.py", optional("local.py"))` runs."""
        if origin(module, call.func) != INCLUDE:
            return
        names = [name for each in call.args for name in self._included(module, each)]
        found = [each for each in map(self._found, names) if each and each is not module]
        module.sources[node] = found
        module.stars += found

    def _included(self, module: Module, argument: ast.expr) -> Iterator[str]:
        """Yield the modules of a pattern, relative to the file that includes them."""
        if isinstance(argument, ast.Call) and origin(module, argument.func) == OPTIONAL:
            argument = argument.args[0] if argument.args else argument
        if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
            return
        here = folder_of(module.text.file.removeprefix(self._folder.named("")))
        pattern = posixpath.normpath(inside(here, argument.value))
        for name in sorted(self._folder.files):
            if name.endswith(".py") and fnmatchcase(name, pattern):
                for root in self._roots:
                    if root in {"", "."} or name.startswith(f"{root}/"):
                        inner = name.removeprefix("" if root in {"", "."} else f"{root}/")
                        yield inner.removesuffix(".py").replace("/", ".")
                        break

    def _is_package(self, name: str) -> bool:
        path = name.replace(".", "/")
        return any(self._folder.has_folder(inside(root, path)) for root in self._roots)

    def _is_missing(self, name: str) -> bool:
        """Return whether a module would be the project's: its package is in the source."""
        top, _, rest = name.partition(".")
        path = name.replace(".", "/")
        built = (f"{inside(root, path)}." for root in self._roots)
        if any(each.startswith(tuple(built)) for each in self._folder.files):
            return False  # such as a compiled module
        return bool(rest) and any(
            self._folder.has(inside(root, f"{top}/__init__.py")) for root in self._roots
        )


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _tree(text: Text, version: str) -> ast.Module:
    try:
        return parsed(text.content, version)
    except SyntaxError as error:
        line = max(1, min(error.lineno or 1, len(text.lines)))
        column = max(1, min(error.offset or 1, len(text.lines[line - 1]) + 1))
        certain = not isinstance(error, NewerSyntax)
        raise NotPython(text, Position(line, column), is_certain=certain) from None


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
