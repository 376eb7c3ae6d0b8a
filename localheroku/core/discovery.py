"""Finds the endpoints of a package by the modules that declare them."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Any


@cache
def rows_below(package: str) -> tuple[Any, ...]:
    """Return the rows of every `routes` module below a package; search the folders once."""
    path = import_module(package).__path__
    return tuple(
        row
        for module in pkgutil.walk_packages(path, f"{package}.")
        if module.name.endswith(".routes")
        for row in import_module(module.name).ROUTES
    )
