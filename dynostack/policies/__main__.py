"""The policy pack for `pulumi up --policy-pack "$(dynostack policies)"`."""

from __future__ import annotations

import sys
from pathlib import Path

from pulumi_policy import EnforcementLevel, PolicyPack


def main() -> None:
    """Register the policies with the engine."""
    # Python searches for modules in the pack's folder, from which dynostack cannot be imported.
    sys.path[0] = str(Path(__file__).parents[2])
    from dynostack.policies.pack import POLICIES

    PolicyPack("dynostack", list(POLICIES), EnforcementLevel.MANDATORY)


main()
