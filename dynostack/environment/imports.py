"""The packages that a statement of Python imports."""

import ast


def imported_packages(statement: ast.AST) -> list[str]:
    """Return the top-level packages that a statement imports from; relative imports are ignored."""
    if isinstance(statement, ast.Import):
        return [each.name.partition(".")[0] for each in statement.names]
    if isinstance(statement, ast.ImportFrom) and not statement.level:
        return [(statement.module or "").partition(".")[0]]
    return []
