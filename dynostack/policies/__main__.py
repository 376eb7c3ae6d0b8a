"""The policy pack: `pulumi up --policy-pack "$(dynostack policies)"` refuses what it forbids."""

from __future__ import annotations

import sys
from pathlib import Path

from pulumi_policy import EnforcementLevel, PolicyPack


def main() -> None:
    # Python looks for modules in the pack's folder, where dynostack cannot be seen from.
    sys.path[0] = str(Path(__file__).parents[2])
    from dynostack.policies.pack import POLICIES

    PolicyPack("dynostack", list(POLICIES), EnforcementLevel.MANDATORY)


main()
