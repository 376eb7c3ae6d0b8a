"""Private spaces, with their team, region and addresses.

https://devcenter.heroku.com/articles/private-spaces

The local Heroku has no isolated networks. It stores and shows the addresses of a space, and runs
the dynos of a space like all other dynos.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from localheroku.api.apps.models import App
from localheroku.api.domains import models as domains
from localheroku.api.dynos.formation import models as formation
from localheroku.api.spaces import cidr
from localheroku.api.spaces.errors import (
    AppsLeftError,
    SpaceNameFormError,
    SpaceNameTakenError,
    SpaceRegionError,
)
from localheroku.api.spaces.records import ALLOCATED, ALLOCATING, Space
from localheroku.api.spaces.rulesets import models as rulesets
from localheroku.api.teams import models as teams
from localheroku.api.teams.models import Team
from localheroku.core import catalogue
from localheroku.core.state import Document, State

NAME = re.compile(r"(?=.{3,30}$)[a-z0-9](?:[a-z0-9]|-(?!-))+[a-z0-9]")
GENERATION = "cedar"
DEFAULT_REGION = "virginia"
DEFAULT_CIDR, DEFAULT_DATA_CIDR = "10.0.0.0/16", "10.1.0.0/16"
OUTBOUND_ADDRESSES = 4
# Addresses reserved for documentation: https://datatracker.ietf.org/doc/html/rfc5737
OUTBOUND = "203.0.113.{number}"


@dataclass(frozen=True)
class NewSpace:
    """The options of a new space; Heroku chooses the values that are None."""

    name: str
    region: str | None = None
    shield: bool = False
    cidr: str | None = None
    data_cidr: str | None = None


def of_team(state: State, team: Team) -> list[Space]:
    return state.store.having(Space, team_id=team.id)


def create(state: State, team: Team, new: NewSpace) -> Space:
    """Create a space and allocate it in the background.

    Raises:
        ParamsError: An option is invalid.
    """
    addresses = cidr.space(new.cidr or DEFAULT_CIDR)
    data_addresses = cidr.data(new.data_cidr or DEFAULT_DATA_CIDR)
    cidr.check_apart(addresses, data_addresses)
    with state.store.transaction():
        space = state.store.put(
            Space(
                **state.stamp(),
                name=_free_name(state, new.name),
                team_id=team.id,
                region=_region(state, new.region or DEFAULT_REGION),
                shield=new.shield,
                cidr=addresses,
                data_cidr=data_addresses,
            )
        )
        rulesets.put_first(state, space)
        state.provisioning.begin("space", space)
    state.spawn(_allocate(state, space))
    return space


async def _allocate(state: State, space: Space) -> None:
    job = state.provisioning.job_of(space)
    if job and not await state.provisioning.wait_until_due(job):
        return
    with state.store.transaction():
        state.change(space, state=ALLOCATED)
        if job:
            state.provisioning.finish(job)


def resume(state: State) -> None:
    """Continue to allocate spaces that an earlier run of the server did not finish."""
    for space in state.store.having(Space, state=ALLOCATING):
        state.spawn(_allocate(state, space))


def rename(state: State, space: Space, name: str) -> Space:
    if name == space.name:
        return space
    return state.change(space, name=_free_name(state, name))


def transfer(state: State, space: Space, team: Team) -> Space:
    """Transfer the space and its apps to a team."""
    with state.store.transaction():
        for app in apps_in(state, space):
            state.change(app, team_id=team.id)
        return state.change(space, team_id=team.id)


def remove(state: State, space: Space) -> None:
    """Remove the space.

    Raises:
        AppsLeftError: The space still has apps.
    """
    remaining = apps_in(state, space)
    if remaining:
        raise AppsLeftError(space=space.name, apps=", ".join(app.name for app in remaining))
    state.store.remove(space)


def apps_in(state: State, space: Space) -> list[App]:
    return state.store.having(App, space_id=space.id)


def _region(state: State, identity: str) -> str:
    region = catalogue.find(state.catalogue.regions, identity)
    if region is None or not region.row["private_capable"]:
        private = (r.name for r in state.catalogue.regions if r.row["private_capable"])
        raise SpaceRegionError(region=identity, known=", ".join(private))
    return region.name


def _free_name(state: State, name: str) -> str:
    if NAME.fullmatch(name) is None:
        raise SpaceNameFormError
    if state.store.named(Space, name=name):
        raise SpaceNameTakenError
    return name


def document(state: State, space: Space) -> Document:
    team = teams.find(state, space.team_id)
    return {
        "id": space.id,
        "name": space.name,
        "organization": {"name": team.name},
        "team": teams.brief(team),
        "region": catalogue.brief("region", space.region),
        "shield": space.shield,
        "state": space.state,
        "cidr": space.cidr,
        "data_cidr": space.data_cidr,
        "created_at": space.created_at,
        "updated_at": space.updated_at,
    }


def nat_document(space: Space) -> Document:
    """Return the outbound addresses of the space's dynos; these addresses do not exist."""
    ready = space.state == ALLOCATED
    return {
        "sources": _outbound_addresses(space) if ready else [],
        "state": "enabled" if ready else "updating",
        "created_at": space.created_at,
        "updated_at": space.updated_at,
    }


def _outbound_addresses(space: Space) -> list[str]:
    first = zlib.crc32(space.id.encode()) % (254 - OUTBOUND_ADDRESSES) + 1
    return [OUTBOUND.format(number=first + offset) for offset in range(OUTBOUND_ADDRESSES)]


def peering_info_document(state: State, space: Space) -> Document:
    """Return the data needed to peer with the space; its AWS account and network do not exist."""
    region = catalogue.find(state.catalogue.regions, space.region)
    return {
        "aws_account_id": f"{zlib.crc32(space.team_id.encode()):012d}",
        "aws_region": region.row["provider"] if region else space.region,
        "vpc_id": f"vpc-{space.id[:8]}",
        "vpc_cidr": space.cidr,
        "dyno_cidr_blocks": cidr.dyno_blocks(space.cidr),
        "space_cidr_blocks": [space.cidr],
        "unavailable_cidr_blocks": [space.cidr, space.data_cidr],
    }


def topology_document(state: State, space: Space) -> Document:
    """Return all dynos in the space with their addresses on this machine."""
    return {
        "version": 1,
        "apps": [_topology_of(state, app) for app in apps_in(state, space)],
    }


def _topology_of(state: State, app: App) -> Document:
    running = state.backends.dynos.dynos(app.id)
    return {
        "id": app.id,
        "domains": [domain.hostname for domain in domains.of_app(state, app)],
        "formation": [
            {
                "id": process.id,
                "process_type": process.type,
                "dynos": [
                    {
                        "id": dyno.id,
                        "number": int(dyno.name.rpartition(".")[2]),
                        "private_ip": "127.0.0.1",
                        "hostname": "localhost",
                    }
                    for dyno in running
                    if dyno.type == process.type
                ],
            }
            for process in formation.every(state, app)
        ],
    }
