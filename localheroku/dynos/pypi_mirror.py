"""The package index of Poetry and Pipenv, which know none of pip's settings.

Poetry reads PyPI through an API that other indexes do not have, and Pipenv the address in the lock.
With a mirror instead of PyPI, both read the simple API that every index has.
https://pypi.org/project/poetry-plugin-pypi-mirror/,
https://pipenv.pypa.io/en/latest/indexes.html#using-a-pypi-mirror
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

POETRY_VARIABLE = "POETRY_PYPI_MIRROR_URL"
PIPENV_VARIABLE = "PIPENV_PYPI_MIRROR"
PYPI = "https://pypi.org/simple/"
CERTIFICATES = "REQUESTS_CA_BUNDLE"


def variables(name: str, index: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that give a package manager the developer's index and certificates.

    Args:
        name: the package manager's variable for the mirror; the developer's own value has priority.
        index: the variables that give the index of pip to uv.
    """
    mirror = os.environ.get(name) or index.get("UV_DEFAULT_INDEX") or PYPI
    certificates = os.environ.get(CERTIFICATES) or index.get("SSL_CERT_FILE")
    return {name: mirror} | ({CERTIFICATES: certificates} if certificates else {})
