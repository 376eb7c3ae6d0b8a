"""Names that are generated from a resource's name in the program, as Pulumi does it.

https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
"""

from __future__ import annotations

import re
import secrets

DIGITS = 7


def generated_name(stem: str) -> str:
    """Return a new name, such as postgres-0a1b2c3."""
    return f"{stem}-{secrets.token_hex(DIGITS)[:DIGITS]}"


def is_generated(name: str, stem: str) -> bool:
    """Return whether a name may have been generated from a stem."""
    return re.fullmatch(rf"{re.escape(stem)}-[0-9a-f]{{{DIGITS}}}", name) is not None
