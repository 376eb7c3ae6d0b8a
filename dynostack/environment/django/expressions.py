"""Evaluation of settings from their text, for the kinds of expressions that settings use.

No code is run; an expression that is not supported raises Unclear.
"""

import ast
from collections.abc import Callable, Mapping
from functools import cached_property

from dynostack.environment.django.env_calls import (
    ADDRESS_PARSERS,
    DATABASE_URL,
    ENVIRON,
    EnvCall,
    env_call,
)
from dynostack.environment.django.modules import Module, origin
from dynostack.environment.django.statements import Flow, Local, relevant
from dynostack.environment.django.values import (
    CASTS,
    HIDDEN,
    Hidden,
    Unclear,
    boolean,
    contains,
    database,
    integer,
    is_true,
    text_of,
    total,
)

_COPIES = frozenset({"list", "tuple", "set", "sorted"})
_BOOLEANS = frozenset({"distutils.util.strtobool", "setuptools.distutils.util.strtobool"})
_TEXT_METHODS: dict[str, Callable[..., object]] = {
    "split": str.split,
    "strip": str.strip,
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
    "capitalize": str.capitalize,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "replace": str.replace,
    "removeprefix": str.removeprefix,
    "removesuffix": str.removesuffix,
}
UNCERTAIN = "HEROKU_"
"""The prefix of config vars that a dyno may have although the file does not set them."""


class Reader(Flow):
    """Evaluates settings with an app's config vars; a value of None is unknown."""

    def __init__(
        self,
        variables: Mapping[str, str | None],
        *,
        is_complete: bool = True,
        is_of_tests: bool = False,
    ) -> None:
        """Initialize.

        Args:
            variables: the config vars of the app; a value of None is unknown.
            is_complete: whether the app is known to have no other config vars.
            is_of_tests: whether to evaluate the tests of branches, where a config var that is not
                set makes the value unclear unless the config vars are complete.
        """
        super().__init__()
        self.variables = variables
        self.is_complete = is_complete
        self._is_strict = is_of_tests and not is_complete
        self.used: set[str] = set()
        """The config vars that were read, including those that are not set."""

    @cached_property
    def of_tests(self) -> "Reader":
        """The reader of tests."""
        if self.is_complete or self._is_strict:
            return self
        return Reader(self.variables, is_complete=False, is_of_tests=True)

    def value(self, module: Module, node: ast.expr, local: Local | None = None) -> object:
        """Return the value of an expression.

        Args:
            module: the module that has it.
            node: the expression.
            local: the names that have another value than at the end of the module.

        Raises:
            Unclear: if the text does not determine the value.
        """
        local = local or {}
        match node:
            case ast.Constant(value=value):
                return value
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return self._elements(module, elements, local)
            case ast.Dict(keys=keys, values=values):
                return self._dict(module, keys, values, local)
            case ast.Name(id=name):
                return self._name(module, name, local)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return total(self.value(module, left, local), self.value(module, right, local))
            case ast.BoolOp(op=operator, values=operands):
                return self._first(module, operands, local, wanted=isinstance(operator, ast.Or))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not is_true(self.value(module, operand, local))
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self._compared(module, left, operator, right, local)
            case ast.IfExp(test=test, body=yes, orelse=no):
                chosen = yes if is_true(self.value(module, test, local)) else no
                return self.value(module, chosen, local)
            case ast.JoinedStr(values=parts):
                return "".join(self._part(module, part, local) for part in parts)
            case ast.ListComp(elt=element, generators=[each]):
                return self._comprehension(module, element, each, local)
            case ast.Subscript(value=taken, slice=key) if origin(module, taken) == ENVIRON:
                return self._variable(self._text(module, key, local))
            case ast.Subscript(value=taken, slice=key):
                return self._item(self.value(module, taken, local), self.value(module, key, local))
            case ast.NamedExpr(value=value):
                return self.value(module, value, local)
            case ast.Call():
                return self._call(module, node, local)
        raise Unclear

    def _text(self, module: Module, node: ast.expr, local: Local) -> str:
        return text_of(self.value(module, node, local))

    def _elements(self, module: Module, elements: list[ast.expr], local: Local) -> object:
        found: object = []
        for each in elements:
            starred = isinstance(each, ast.Starred)
            value = self.value(module, each.value if isinstance(each, ast.Starred) else each, local)
            found = total(found, value if starred else [value])
        return found

    def _dict(
        self, module: Module, keys: list[ast.expr | None], values: list[ast.expr], local: Local
    ) -> dict[object, object]:
        """Return a dictionary, in which a value that is unclear is an Unclear."""
        found: dict[object, object] = {}
        for key, value in zip(keys, values, strict=True):
            if key is None:
                inner = self.value(module, value, local)
                if not isinstance(inner, dict):
                    raise Unclear
                found |= inner
                continue
            try:
                found[self._text(module, key, local)] = self.value(module, value, local)
            except Unclear as unclear:
                found[self._text(module, key, local)] = unclear
        return found

    def _item(self, taken: object, key: object) -> object:
        try:
            found = taken[key]  # type: ignore[index]  # any error means that it is unclear
        except (TypeError, KeyError, IndexError):
            raise Unclear from None
        if isinstance(found, Unclear):
            raise found
        return found

    def _name(self, module: Module, name: str, local: Local) -> object:
        value = local[name] if name in local else self.setting(module, name)
        if isinstance(value, Unclear):
            raise value
        if value is None and name not in local and not relevant(module.tree, name):
            raise Unclear
        return value

    def _first(
        self, module: Module, operands: list[ast.expr], local: Local, *, wanted: bool
    ) -> object:
        """Return the first operand that is true, or for `and` false, or else the last one."""
        *others, last = operands
        for each in others:
            value = self.value(module, each, local)
            if is_true(value) is wanted:
                return value
        return self.value(module, last, local)

    def _compared(
        self, module: Module, left: ast.expr, operator: ast.cmpop, right: ast.expr, local: Local
    ) -> bool:
        if isinstance(operator, ast.In | ast.NotIn):
            return self._is_in(module, left, right, local) is isinstance(operator, ast.In)
        first, second = self.value(module, left, local), self.value(module, right, local)
        if HIDDEN in (first, second):
            if "" not in (first, second) and None not in (first, second):
                raise Unclear
            same = False
        else:
            same = first == second
        if isinstance(operator, ast.Eq | ast.Is):
            return same
        if isinstance(operator, ast.NotEq | ast.IsNot):
            return not same
        raise Unclear

    def _is_in(self, module: Module, item: ast.expr, container: ast.expr, local: Local) -> bool:
        match origin(module, container):
            case "os.environ":
                return self._is_set(self._text(module, item, local))
            case "sys.argv":  # a server's command does not have the words of manage.py's commands
                return False
        return contains(self.value(module, item, local), self.value(module, container, local))

    def _is_set(self, name: str) -> bool:
        self.used.add(name)
        if name not in self.variables and (self._is_strict or name.startswith(UNCERTAIN)):
            raise Unclear
        return name in self.variables

    def _part(self, module: Module, part: ast.expr, local: Local) -> str:
        if isinstance(part, ast.FormattedValue):
            if part.format_spec or part.conversion != -1:
                raise Unclear
            part = part.value
        return self._text(module, part, local)

    def _comprehension(
        self, module: Module, element: ast.expr, each: ast.comprehension, local: Local
    ) -> list[object]:
        source = self.value(module, each.iter, local)
        if not isinstance(source, list) or not isinstance(each.target, ast.Name):
            raise Unclear
        found = []
        for item in source:
            inner = {**local, each.target.id: item}
            if all(is_true(self.value(module, test, inner)) for test in each.ifs):
                found.append(self.value(module, element, inner))
        return found

    def _call(self, module: Module, node: ast.Call, local: Local) -> object:
        if read := env_call(module, node):
            return self._read(module, read, local)
        name = origin(module, node.func)
        if name in ADDRESS_PARSERS and node.args:
            return database(self._address(module, node.args[0], local))
        if node.keywords:
            raise Unclear
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in _TEXT_METHODS:
            text = self._text(module, called.value, local)
            given = [self.value(module, each, local) for each in node.args]
            try:
                return _TEXT_METHODS[called.attr](text, *given)
            except TypeError:
                raise Unclear from None
        if len(node.args) != 1:
            raise Unclear
        if name in _BOOLEANS or name.rpartition(".")[2] == "strtobool":
            return boolean(self.value(module, node.args[0], local))
        if isinstance(called, ast.Name):
            return self._built_in(called.id, self.value(module, node.args[0], local))
        raise Unclear

    def _built_in(self, name: str, value: object) -> object:
        if name in _COPIES and not isinstance(value, str | Hidden):
            return value
        if name == "bool":
            return is_true(value)
        if name == "int":
            return integer(value)
        if name == "str" and isinstance(value, str):
            return value
        raise Unclear

    def _read(self, module: Module, read: EnvCall, local: Local) -> object:
        name = self._text(module, read.name, local) if read.name else DATABASE_URL
        if read.cast == "db":
            if self._is_set(name):
                return database(self._variable(name))
            return database(self._address(module, read.default, local) if read.default else None)
        if read.cast not in CASTS:
            raise Unclear
        if self._is_set(name):
            return CASTS[read.cast](self._variable(name))
        if read.default is None:
            raise Unclear
        default = self.value(module, read.default, local)
        return default if default is None or default is HIDDEN else CASTS[read.cast](default)

    def _address(self, module: Module, node: ast.expr, local: Local) -> object:
        """Return an address of a database, of which the beginning is enough."""
        try:
            return self.value(module, node, local)
        except Unclear:
            first: ast.AST = node
            while isinstance(first, ast.BinOp | ast.JoinedStr):
                first = first.left if isinstance(first, ast.BinOp) else first.values[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                return first.value
            raise

    def _variable(self, name: str) -> object:
        """Return the value of a config var that is set."""
        if not self._is_set(name):
            raise Unclear
        value = self.variables[name]
        return HIDDEN if value is None else value
