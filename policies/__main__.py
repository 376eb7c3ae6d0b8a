"""The policy pack: `pulumi up --policy-pack policies` refuses what it forbids."""

from __future__ import annotations

import sys
from pathlib import Path

from pulumi_policy import EnforcementLevel, PolicyPack


def main() -> None:
    # Python looks for modules in the pack's folder; all of ours are seen from the project's.
    sys.path[0] = str(Path(__file__).parents[1])
    from policies.pack import POLICIES

    PolicyPack("dynostack", list(POLICIES), EnforcementLevel.MANDATORY)


main()
