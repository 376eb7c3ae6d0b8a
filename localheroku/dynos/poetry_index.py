"""The package index of Poetry, which only reads PyPI's own API and none of pip's settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MIRROR = "POETRY_PYPI_MIRROR_URL"
"""The index that its plugin reads instead, through the API that every index has.

https://pypi.org/project/poetry-plugin-pypi-mirror/
"""
PYPI = "https://pypi.org/simple/"


def variables(index: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that give Poetry the developer's index and certificates.

    Args:
        index: the variables that give them to uv.
    """
    mirror = os.environ.get(MIRROR) or index.get("UV_DEFAULT_INDEX") or PYPI
    certificates = os.environ.get("REQUESTS_CA_BUNDLE") or index.get("SSL_CERT_FILE")
    return {MIRROR: mirror} | ({"REQUESTS_CA_BUNDLE": certificates} if certificates else {})
