"""Rules about packages and modules that the settings name: the build must install them."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.django.buildpacks import HOOKS
from dynostack.environment.django.known_packages import providers
from dynostack.environment.django.locations import is_built_as_package
from dynostack.environment.django.modules import Module
from dynostack.environment.django.project import Project, once_for_all_stacks
from dynostack.environment.django.requirements import normal
from dynostack.environment.django.statements import names_set
from dynostack.environment.imports import imported_packages

SOURCE = ("app", "source")
LISTS = ("INSTALLED_APPS", "MIDDLEWARE")


@once_for_all_stacks
def imports_are_installed(project: Project) -> Iterator[Finding]:
    """Report imports of the settings that no requirement installs."""
    seen: set[str] = set()
    for module in executed(project):
        for node in module.tree.body:
            for name in imported_packages(node):
                packages = providers(name)
                if name in seen or not _is_absent(project, name, packages):
                    continue
                seen.add(name)
                message = f"the settings import {name}, which is not in the requirements"
                place = module.text.at(module.text.position(node))
                suggestion = project.packages.to_add(packages[0])
                yield Finding(SOURCE, "DS528", message, suggestion, elsewhere=place)


@once_for_all_stacks
def apps_are_installed(project: Project) -> Iterator[Finding]:
    """Report entries of INSTALLED_APPS and MIDDLEWARE that no requirement installs."""
    seen: set[str] = set()
    for setting in LISTS:
        for module, entry, name in _entries(project, setting):
            packages = providers(name)
            top = name.partition(".")[0]
            if packages in ((), ("django",)) or top in seen:
                continue
            if _is_absent(project, top, packages):
                seen.add(top)
                message = f"{setting} has {name}, which is not in the requirements"
                place = module.text.at(module.text.position(entry))
                suggestion = project.packages.to_add(packages[0])
                yield Finding(SOURCE, "DS537", message, suggestion, elsewhere=place)


@once_for_all_stacks
def own_modules_are_there(project: Project) -> Iterator[Finding]:
    """Report modules of the project that the settings import and the source does not have."""
    if any(map(project.folder.has, HOOKS)) or is_built_as_package(project.folder):
        return  # a hook or the installation of the project may make them
    for module in executed(project):
        for node in module.tree.body:
            if name := module.missing.get(node):
                message = f"the settings import {name}, which is not in the source"
                suggestion = "the file into Git, or the import into a try that may fail"
                place = module.text.at(module.text.position(node))
                yield Finding(SOURCE, "DS538", message, suggestion, elsewhere=place)


def executed(project: Project) -> tuple[Module, ...]:
    """Return the modules that run when Django imports the settings, whatever the tests say."""
    if not isinstance(project.settings, Module) or project.reading is None:
        return ()
    return _executed(project.settings)


@lru_cache(maxsize=100)
def _executed(settings: Module) -> tuple[Module, ...]:
    found = [settings]
    for module in found:
        for node in module.tree.body:
            found += [each for each in module.packages.get(node, ()) if each not in found]
            found += [each for each in module.sources.get(node, ()) if each not in found]
    return tuple(found)


def _is_absent(project: Project, name: str, packages: tuple[str, ...]) -> bool:
    """Return whether a module is neither in the source nor in an installed package."""
    if not packages or project.packages.have(*packages):
        return False
    like = normal(name)
    for each in project.packages.names:
        # Another package than those that are known may have the same module.
        if each == like or each.startswith(f"{like}-") or each.endswith(f"-{like}"):
            return False
    return not any(map(project.folder.ending, (f"{name}.py", f"{name}/__init__.py")))


def _entries(project: Project, setting: str) -> Iterator[tuple[Module, ast.Constant, str]]:
    """Yield the texts that are in a list whatever the tests around them say."""
    waiting, seen = [setting], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for module in executed(project):
            for statement in module.tree.body:
                if name not in names_set(statement):
                    continue
                for each in _parts(statement):
                    if isinstance(each, ast.Name):
                        waiting.append(each.id)
                    elif isinstance(each, ast.Constant) and isinstance(each.value, str):
                        yield module, each, each.value


def _parts(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the texts and names that a list is made of; parts under a condition are left out."""
    match node:
        case ast.Assign(value=value) | ast.AugAssign(value=value):
            yield from _parts(value)
        case ast.AnnAssign(value=ast.expr() as value):
            yield from _parts(value)
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append" | "extend"), args=[value])):
            yield from _parts(value)
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="insert"), args=[_, value])):
            yield from _parts(value)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            for each in elements:
                yield from _parts(each)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _parts(left)
            yield from _parts(right)
        case ast.Starred(value=value):
            yield from _parts(value)
        case ast.Name() | ast.Constant():
            yield node


RULES = (imports_are_installed, apps_are_installed, own_modules_are_there)
