"""Evaluation of settings from their text, for the few kinds of expressions that lists of hosts use.

No code is run; an expression that is not supported raises Unclear.
"""

import ast
from collections.abc import Callable, Mapping
from functools import lru_cache

from dynostack.environment.django.modules import Module, origin

ENVIRONMENT_READERS = frozenset({"os.environ.get", "os.getenv"})
DECOUPLE, DECOUPLE_LIST = "decouple.config", "decouple.Csv"
ENV_TEXT = frozenset({"environ.Env.str", "environ.FileAwareEnv.str"})
ENV_LIST = frozenset({"environ.Env.list", "environ.FileAwareEnv.list"})

_COPIES = frozenset({"list", "tuple", "set", "sorted"})
_TEXT_METHODS: dict[str, Callable[..., object]] = {
    "split": str.split,
    "strip": str.strip,
    "lower": str.lower,
    "replace": str.replace,
    "removeprefix": str.removeprefix,
    "removesuffix": str.removesuffix,
}
Local = Mapping[str, object]


class Unclear(Exception):
    """The text does not determine the value."""


class Reader:
    """Evaluates settings with an app's config vars; a value of None is unknown."""

    def __init__(self, variables: Mapping[str, str | None]) -> None:
        self._variables = variables
        self._busy: set[tuple[str, str]] = set()
        self.used: set[str] = set()
        """The config vars that were read, including those that are not set."""

    def setting(self, module: Module, name: str) -> object:
        """Return a name's value after all statements of a module, or None if it is never set.

        Raises:
            Unclear: if the text does not determine the value.
        """
        if (module.name, name) in self._busy:
            raise Unclear
        self._busy.add((module.name, name))
        value = self._inherited(module, name)
        for statement in _statements(module.tree).get(name, ()):
            value = self._after(module, statement, name, value)
        self._busy.discard((module.name, name))
        return value

    def _inherited(self, module: Module, name: str) -> object:
        if name in module.foreign:
            raise Unclear
        if name in module.imported:
            source, there = module.imported[name]
            return self.setting(source, there)
        value = None
        for source in module.stars:
            given = self.setting(source, name)
            value = value if given is None else given
        return value

    def _after(self, module: Module, statement: ast.stmt, name: str, before: object) -> object:
        """Return the value after a statement that sets or changes it."""
        match statement:
            case ast.Assign(targets=[ast.Name()], value=given):
                return self._value(module, given, {name: before})
            case ast.AnnAssign(target=ast.Name(), value=ast.expr() as given):
                return self._value(module, given, {})
            case ast.AugAssign(target=ast.Name(), op=ast.Add(), value=given):
                return _sum(before, self._value(module, given, {}))
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[given])):
                return _sum(before, [self._value(module, given, {})])
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="extend"), args=[given])):
                return _sum(before, self._value(module, given, {}))
        raise Unclear

    def _value(self, module: Module, node: ast.expr, local: Local) -> object:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return self._elements(module, elements, local)
            case ast.Name(id=name):
                return self._name(module, name, local)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _sum(self._value(module, left, local), self._value(module, right, local))
            case ast.BoolOp(op=ast.Or(), values=[first, *others]):
                chosen = self._value(module, first, local)
                rest = ast.BoolOp(ast.Or(), others)
                return self._value(module, rest, local) if others and not chosen else chosen
            case ast.IfExp(test=test, body=yes, orelse=no):
                return self._value(module, yes if self._value(module, test, local) else no, local)
            case ast.JoinedStr(values=parts):
                return "".join(self._part(module, part, local) for part in parts)
            case ast.ListComp(elt=element, generators=[each]):
                return self._comprehension(module, element, each, local)
            case ast.Subscript(value=taken, slice=key) if origin(module, taken) == "os.environ":
                return self._variable(module, [key], local)
            case ast.Call():
                return self._call(module, node, local)
        raise Unclear

    def _elements(self, module: Module, elements: list[ast.expr], local: Local) -> object:
        found: object = []
        for each in elements:
            starred = isinstance(each, ast.Starred)
            value = self._value(
                module, each.value if isinstance(each, ast.Starred) else each, local
            )
            found = _sum(found, value if starred else [value])
        return found

    def _name(self, module: Module, name: str, local: Local) -> object:
        value = local[name] if name in local else self.setting(module, name)
        if value is None:
            raise Unclear
        return value

    def _part(self, module: Module, part: ast.expr, local: Local) -> str:
        if isinstance(part, ast.FormattedValue):
            if part.format_spec or part.conversion != -1:
                raise Unclear
            part = part.value
        return _text(self._value(module, part, local))

    def _comprehension(
        self, module: Module, element: ast.expr, each: ast.comprehension, local: Local
    ) -> list[object]:
        source = self._value(module, each.iter, local)
        if not isinstance(source, list) or not isinstance(each.target, ast.Name):
            raise Unclear
        found = []
        for item in source:
            inner = {**local, each.target.id: item}
            if all(self._value(module, test, inner) for test in each.ifs):
                found.append(self._value(module, element, inner))
        return found

    def _call(self, module: Module, node: ast.Call, local: Local) -> object:
        called, options = node.func, {each.arg: each.value for each in node.keywords}
        name = origin(module, called)
        otherwise = [options.pop("default")] if "default" in options else []
        if name in ENVIRONMENT_READERS | ENV_TEXT | ENV_LIST and not options:
            value = self._variable(module, [*node.args, *otherwise], local)
            return _entries(value) if name in ENV_LIST else value
        if name == DECOUPLE:
            cast = options.pop("cast", None)
            if options or not (cast is None or _is_plain_call(module, cast, DECOUPLE_LIST)):
                raise Unclear
            value = self._variable(module, [*node.args, *otherwise], local)
            return value if cast is None else _entries(value)
        if node.keywords:
            raise Unclear
        if isinstance(called, ast.Attribute) and called.attr in _TEXT_METHODS:
            text = _text(self._value(module, called.value, local))
            given = [_text(self._value(module, each, local)) for each in node.args]
            return _TEXT_METHODS[called.attr](text, *given)
        if isinstance(called, ast.Name) and called.id in _COPIES and len(node.args) == 1:
            return self._value(module, node.args[0], local)
        raise Unclear

    def _variable(self, module: Module, arguments: list[ast.expr], local: Local) -> object:
        """Return the value of a config var; the arguments are its name and an optional default."""
        if not 1 <= len(arguments) <= 2:
            raise Unclear
        name = _text(self._value(module, arguments[0], local))
        self.used.add(name)
        if name in self._variables:
            return _text(self._variables[name])
        if len(arguments) < 2:
            raise Unclear
        return self._value(module, arguments[1], local)


@lru_cache(maxsize=512)
def _statements(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    """Return name -> the statements that may set or change its value."""
    found: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        for name in _names(statement):
            found.setdefault(name, []).append(statement)
    return found


def _names(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.ClassDef():
            parts: list[ast.AST] = []
        case ast.Assign(targets=targets):
            parts = [*targets]
        case ast.AnnAssign(target=target):
            parts = [target]
        case _:
            parts = [statement]
    inside = (each for part in parts for each in ast.walk(part))
    return {each.id for each in inside if isinstance(each, ast.Name)}


def _is_plain_call(module: Module, node: ast.expr, name: str) -> bool:
    plain = isinstance(node, ast.Call) and not node.args and not node.keywords
    return plain and isinstance(node, ast.Call) and origin(module, node.func) == name


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unclear
    return value


def _entries(value: object) -> object:
    """Split a text at its commas, as django-environ and decouple do."""
    if not isinstance(value, str):
        return value
    return [each.strip() for each in value.split(",") if each.strip()]


def _sum(left: object, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, list) and isinstance(right, list):
        return left + right
    raise Unclear
