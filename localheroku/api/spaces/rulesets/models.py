"""Rules for inbound and outbound connections of a space; the newest ruleset applies.

https://devcenter.heroku.com/articles/private-spaces#trusted-ip-ranges
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localheroku.api.account import models as accounts
from localheroku.api.spaces import cidr
from localheroku.api.spaces import records as spaces
from localheroku.api.spaces.records import Space
from localheroku.api.spaces.rulesets.errors import (
    ActionError,
    PortsError,
    ProtocolError,
    RulesetNotFoundError,
)
from localheroku.core.record import Record
from localheroku.core.state import Document, State

ACTIONS = ("allow", "deny")
PROTOCOLS = ("any", "icmp", "tcp", "udp")
LAST_PORT = 65535
EVERYWHERE = "0.0.0.0/0"
INBOUND, OUTBOUND = "inbound", "outbound"
# https://github.com/heroku/terraform-provider-heroku: every new space has these rules.
FIRST_RULES: Mapping[str, list[dict[str, Any]]] = {
    INBOUND: [{"action": "allow", "source": EVERYWHERE}],
    OUTBOUND: [
        {"target": EVERYWHERE, "from_port": 0, "to_port": LAST_PORT, "protocol": "any"},
    ],
}


@dataclass(frozen=True, kw_only=True)
class Ruleset(Record):
    """The rules of a space (the parent record) for one direction."""

    direction: str
    rules: list[dict[str, Any]]
    creator: str


def put_first(state: State, space: Space) -> None:
    """Add the rulesets that every new space has."""
    for direction, rules in FIRST_RULES.items():
        _put(state, space, direction, rules)


def every(state: State, space: Space, direction: str) -> list[Ruleset]:
    """Return the space's rulesets of a direction, oldest first."""
    return [
        ruleset
        for ruleset in state.store.every(Ruleset, parent=space.id)
        if ruleset.direction == direction
    ]


def current(state: State, space: Space, direction: str) -> Ruleset:
    return every(state, space, direction)[-1]


def find(state: State, space: Space, direction: str, identity: str) -> Ruleset:
    """Return the space's ruleset with an id.

    Raises:
        RulesetNotFoundError: The space has no such ruleset.
    """
    for ruleset in every(state, space, direction):
        if ruleset.id == identity:
            return ruleset
    raise RulesetNotFoundError


def create_inbound(state: State, space: Space, rules: Sequence[Mapping[str, str]]) -> Ruleset:
    """Add a ruleset for inbound connections.

    Raises:
        ParamsError: A rule is invalid.
    """
    for rule in rules:
        if rule["action"] not in ACTIONS:
            raise ActionError(action=rule["action"], known=", ".join(ACTIONS))
    normalized = [
        {"action": rule["action"], "source": cidr.any_range(rule["source"])} for rule in rules
    ]
    return _put(state, space, INBOUND, normalized)


def create_outbound(state: State, space: Space, rules: Sequence[Mapping[str, Any]]) -> Ruleset:
    """Add a ruleset for outbound connections.

    Raises:
        ParamsError: A rule is invalid.
    """
    for rule in rules:
        if rule["protocol"] not in PROTOCOLS:
            raise ProtocolError(protocol=rule["protocol"], known=", ".join(PROTOCOLS))
        if not 0 <= rule["from_port"] <= rule["to_port"] <= LAST_PORT:
            raise PortsError(most=LAST_PORT)
    normalized = [{**rule, "target": cidr.any_range(rule["target"])} for rule in rules]
    return _put(state, space, OUTBOUND, normalized)


def _put(state: State, space: Space, direction: str, rules: list[dict[str, Any]]) -> Ruleset:
    return state.store.put(
        Ruleset(
            **state.stamp(),
            parent=space.id,
            direction=direction,
            rules=rules,
            creator=accounts.current(state).email,
        )
    )


def document(space: Space, ruleset: Ruleset) -> Document:
    return {
        "id": ruleset.id,
        "space": spaces.brief(space),
        "rules": ruleset.rules,
        "created_by": ruleset.creator,
        "created_at": ruleset.created_at,
    }
