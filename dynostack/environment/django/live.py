"""The parts of the settings that run on Heroku with an app's config vars."""

import ast
from collections.abc import Callable, Sequence

from dynostack.environment.django.expressions import Reader
from dynostack.environment.django.modules import Module
from dynostack.environment.django.statements import fails
from dynostack.environment.django.values import Unclear, is_true


def live_tree(module: Module, reader: Reader) -> ast.Module:
    """Return a module's tree without the branches that do not run.

    Args:
        module: the module.
        reader: evaluates the tests of the branches; a branch whose test is unclear stays.
    """
    body = _live(module, module.tree.body, reader)
    if body == module.tree.body:
        return module.tree
    return ast.Module(body=body, type_ignores=[])


def _live(module: Module, body: Sequence[ast.stmt], reader: Reader) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for each in body:
        match each:
            case ast.If(test=test, body=yes, orelse=no):
                try:
                    chosen = yes if is_true(reader.of_tests.value(module, test)) else no
                except (Unclear, RecursionError):
                    found.append(_branches(each, lambda part: _live(module, part, reader)))
                else:
                    found += _live(module, chosen, reader)
            case ast.Try(handlers=[first, *_], finalbody=last) if fails(module, each):
                found += _live(module, [*first.body, *last], reader)
            case _:
                found.append(each)
    return found


def _branches(node: ast.If, live: Callable[[list[ast.stmt]], list[ast.stmt]]) -> ast.If:
    yes, no = live(node.body), live(node.orelse)
    if yes == node.body and no == node.orelse:
        return node
    return ast.copy_location(ast.If(node.test, yes, no), node)
