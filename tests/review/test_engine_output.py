"""Tests of the filter of the engine's output."""

from __future__ import annotations

from dynostack.review.engine_output import folded

WARNING = """\
Updating (shop):

@ updating....
 ~  pulumi:pulumi:Stack shop-prod refreshing (2s) warning: Pulumi.prod.yaml:3:70  DS126
 ~  pulumi:pulumi:Stack shop-prod refreshing (2s)       = write the value itself
    pulumi:pulumi:Stack shop-prod running       = write the value itself
    pulumi:pulumi:Stack shop-prod  warning: Pulumi.prod.yaml:3:70  DS126
    pulumi:pulumi:Stack shop-prod        = write the value itself
 +  pulumi:pulumi:Stack shop-prod creating (0s)       = write the value itself
 +  heroku:app:App app created (0.32s)
 +  pulumi:pulumi:Stack shop-prod created (1s) 4 messages
Diagnostics:
  pulumi:pulumi:Stack (shop-prod):
    warning: Pulumi.prod.yaml:3:70  DS126
          = write the value itself

Resources:
    + 4 created
"""


def test_a_warning_of_the_program_is_printed_once() -> None:
    assert "".join(folded(WARNING.splitlines(keepends=True))).splitlines() == [
        "Updating (shop):",
        " +  pulumi:pulumi:Stack shop-prod creating (0s)",
        " +  heroku:app:App app created (0.32s)",
        " +  pulumi:pulumi:Stack shop-prod created (1s)",
        "Diagnostics:",
        "  pulumi:pulumi:Stack (shop-prod):",
        "    warning: Pulumi.prod.yaml:3:70  DS126",
        "          = write the value itself",
        "Resources:",
        "    + 4 created",
    ]
