"""The value that a name has after the statements of a module."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import lru_cache

from dynostack.environment.django.modules import Module
from dynostack.environment.django.values import DatabaseAddress, Unclear, is_true, total

Local = Mapping[str, object]
ANY = "*"
"""Stands for the names that a statement such as `from x import *` may set."""


class Flow(ABC):
    """Follows the statements of modules in their order."""

    def __init__(self) -> None:
        self._busy: set[tuple[str, str]] = set()
        self._known: dict[tuple[str, str], object] = {}

    @abstractmethod
    def value(self, module: Module, node: ast.expr, local: Local | None = None) -> object:
        """Return the value of an expression."""

    @property
    @abstractmethod
    def of_tests(self) -> "Flow":
        """The reader of tests, for which a config var that the file does not set is unclear."""

    def setting(self, module: Module, name: str) -> object:
        """Return a name's value after all statements of a module, or None if it is never set.

        Raises:
            Unclear: if the text does not determine the value.
        """
        key = (module.name, name)
        if key not in self._known:
            if key in self._busy:
                raise Unclear
            self._busy.add(key)
            try:
                self._known[key] = self._setting(module, name)
            except Unclear as unclear:
                self._known[key] = unclear
            finally:
                self._busy.discard(key)
        value = self._known[key]
        if isinstance(value, Unclear):
            raise value
        return value

    def _setting(self, module: Module, name: str) -> object:
        return self._run(module, relevant(module.tree, name), name, None)

    def _run(self, module: Module, body: Sequence[ast.stmt], name: str, before: object) -> object:
        """Return a value after some statements, or an Unclear, which a later one may replace."""
        for statement in body:
            names = names_set(statement)
            is_compound = isinstance(statement, ast.If | ast.Try)
            if name in names or statement in module.sources or (is_compound and ANY in names):
                try:
                    before = self._after(module, statement, name, before)
                except Unclear as unclear:
                    before = unclear
        return before

    def _after(self, module: Module, statement: ast.stmt, name: str, before: object) -> object:
        """Return the value after a statement that may set or change it."""
        if statement in module.sources:
            for source in module.sources[statement]:
                given = self.setting(source, name)
                before = before if given is None else given
            return before
        match statement:
            case ast.Import() | ast.ImportFrom():
                return self._imported(module, statement, name, before)
            case ast.If(test=test, body=body, orelse=otherwise):
                return self._branch(module, test, (body, otherwise), name, before)
            case ast.Try():
                return self._tried(module, statement, name, before)
            case ast.Assign(targets=[ast.Name()], value=given):
                return self.value(module, given, {name: before})
            case ast.AnnAssign(target=ast.Name(), value=None):
                return before
            case ast.AnnAssign(target=ast.Name(), value=ast.expr() as given):
                return self.value(module, given, {})
            case ast.AugAssign(target=ast.Name(), op=ast.Add(), value=given):
                return total(before, self.value(module, given, {}))
            case ast.Assign(targets=[ast.Subscript() as target], value=given):
                return self._with_item(module, target, given, before)
            case ast.Expr(value=ast.Call(func=ast.Attribute() as called, args=arguments)) if (
                _root(called) == name
            ):
                return self._after_call(module, called, arguments, before)
        if isinstance(before, _UNCHANGEABLE) and not _stores(statement, name):
            return before
        raise Unclear

    def _imported(
        self, module: Module, statement: ast.Import | ast.ImportFrom, name: str, before: object
    ) -> object:
        """Return the value that a name has in the module that it is imported from."""
        if statement in module.missing or name not in names_set(statement):
            return before
        if name not in module.imported:
            raise Unclear
        source, there = module.imported[name]
        if not there:
            raise Unclear
        return self.setting(source, there)

    def _after_call(
        self, module: Module, called: ast.Attribute, arguments: list[ast.expr], before: object
    ) -> object:
        match called.attr, arguments:
            case "append", [given] if isinstance(called.value, ast.Name):
                return total(before, [self.value(module, given, {})])
            case "extend", [given] if isinstance(called.value, ast.Name):
                return total(before, self.value(module, given, {}))
            case "insert", [_, given] if isinstance(called.value, ast.Name):
                return total([self.value(module, given, {})], before)
            case "update", [given] if isinstance(called.value, ast.Subscript):
                return self._with_item(module, called.value, given, before)
        raise Unclear

    def _with_item(
        self, module: Module, target: ast.Subscript, given: ast.expr, before: object
    ) -> object:
        """Return a dictionary after X["key"] = given; a value that is unclear is an Unclear."""
        if not isinstance(before, dict) or not isinstance(target.slice, ast.Constant):
            raise Unclear
        key = target.slice.value
        if not isinstance(target.value, ast.Name):
            # X["default"]["ENGINE"] = ... changes a part of what is there.
            outer = target.value.slice if isinstance(target.value, ast.Subscript) else None
            if not isinstance(outer, ast.Constant):
                raise Unclear
            return {**before, outer.value: Unclear()}
        try:
            value = self.value(module, given, {})
        except Unclear as unclear:
            value = unclear
        if isinstance(value, DatabaseAddress) and not value.engine:
            value = before.get(key, value)
        return {**before, key: value}

    def _branch(
        self,
        module: Module,
        test: ast.expr,
        bodies: tuple[list[ast.stmt], list[ast.stmt]],
        name: str,
        before: object,
    ) -> object:
        yes, no = bodies
        try:
            chosen = yes if is_true(self.of_tests.value(module, test)) else no
        except Unclear:
            return self._both(module, bodies, name, before)
        return self._run(module, chosen, name, before)

    def _tried(self, module: Module, statement: ast.Try, name: str, before: object) -> object:
        handled = statement.handlers[0].body if statement.handlers else []
        done = [*statement.body, *statement.orelse]
        if fails(module, statement):
            after = self._run(module, handled, name, before)
        else:
            after = self._both(module, (done, handled), name, before)
        return self._run(module, statement.finalbody, name, after)

    def _both(
        self,
        module: Module,
        bodies: tuple[list[ast.stmt], list[ast.stmt]],
        name: str,
        before: object,
    ) -> object:
        """Return the value that two ways lead to.

        Raises:
            Unclear: if they lead to different values.
        """
        one, other = (self._run(module, body, name, before) for body in bodies)
        if one != other or isinstance(one, Unclear):
            raise Unclear
        return one


_UNCHANGEABLE = (str, bool, int, type(None))


def _root(node: ast.expr) -> str:
    """Return the name that an expression such as X["a"].b begins with, or ""."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _stores(statement: ast.stmt, name: str) -> bool:
    """Return whether a statement binds a name or deletes it."""
    return any(
        isinstance(each, ast.Name) and each.id == name and not isinstance(each.ctx, ast.Load)
        for each in ast.walk(statement)
    )


def fails(module: Module, statement: ast.Try) -> bool:
    """Return whether what is tried imports a module of the project that the source lacks."""
    return any(each in module.missing for each in statement.body)


@lru_cache(maxsize=512)
def _index(tree: ast.Module) -> dict[str, list[tuple[int, ast.stmt]]]:
    """Return name -> the statements that may set or change its value, with their numbers."""
    found: dict[str, list[tuple[int, ast.stmt]]] = {}
    for number, statement in enumerate(tree.body):
        for name in names_set(statement):
            found.setdefault(name, []).append((number, statement))
    return found


def relevant(tree: ast.Module, name: str) -> list[ast.stmt]:
    """Return the statements of a module that may set or change a name, in their order."""
    index = _index(tree)
    found = {*index.get(name, ()), *index.get(ANY, ())}
    return [each for _, each in sorted(found, key=lambda each: each[0])]


@lru_cache(maxsize=8192)
def names_set(statement: ast.stmt) -> frozenset[str]:
    """Return the names that a statement may set or change."""
    match statement:
        case ast.ImportFrom(names=[ast.alias(name="*")]):
            return frozenset({ANY})
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return frozenset((each.asname or each.name).partition(".")[0] for each in names)
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return frozenset({name})
        case ast.Assign(targets=targets):
            parts: list[ast.AST] = [*targets]
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            parts = [target]
        case ast.If(body=body, orelse=otherwise):
            return frozenset().union(*map(names_set, [*body, *otherwise]))
        case ast.Try(body=body, handlers=handlers, orelse=otherwise, finalbody=last):
            handled = [each for handler in handlers for each in handler.body]
            return frozenset().union(*map(names_set, [*body, *handled, *otherwise, *last]))
        case ast.Expr(value=ast.Call(func=ast.Name())):
            return frozenset({ANY, *_names([statement])})
        case _:
            parts = [statement]
    return _names(parts)


def _names(parts: list[ast.AST]) -> frozenset[str]:
    inside = (each for part in parts for each in ast.walk(part))
    return frozenset(each.id for each in inside if isinstance(each, ast.Name))
