"""Private spaces: who owns one, where it is and what addresses it has.

https://devcenter.heroku.com/articles/private-spaces

The local Heroku has no network of its own to keep apart: what a space says about addresses is
remembered and shown, and its dynos run where all dynos run.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from localheroku.api.apps.models import App
from localheroku.api.domains import models as domains
from localheroku.api.dynos.formation import models as formation
from localheroku.api.spaces import cidr
from localheroku.api.spaces.errors import AppsLeftError, NameFormError, NameTakenError, RegionError
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
# Addresses for documentation, https://datatracker.ietf.org/doc/html/rfc5737: nobody has them.
OUTBOUND = "203.0.113.{number}"


@dataclass(frozen=True)
class NewSpace:
    """What a space is made from; what is None is up to Heroku."""

    name: str
    region: str | None = None
    shield: bool = False
    cidr: str | None = None
    data_cidr: str | None = None


def of_team(platform: State, team: Team) -> list[Space]:
    return platform.store.having(Space, team_id=team.id)


def create(platform: State, team: Team, new: NewSpace) -> Space:
    """A space that is being allocated.  Raises a ParamsError for what cannot be had."""
    addresses = cidr.space(new.cidr or DEFAULT_CIDR)
    data_addresses = cidr.data(new.data_cidr or DEFAULT_DATA_CIDR)
    cidr.check_apart(addresses, data_addresses)
    with platform.store.transaction():
        space = platform.store.put(
            Space(
                **platform.stamp(),
                name=_free_name(platform, new.name),
                team_id=team.id,
                region=_region(platform, new.region or DEFAULT_REGION),
                shield=new.shield,
                cidr=addresses,
                data_cidr=data_addresses,
            )
        )
        rulesets.put_first(platform, space)
        platform.provisioning.begin("space", space)
    platform.spawn(_allocate(platform, space))
    return space


async def _allocate(platform: State, space: Space) -> None:
    course = platform.provisioning.course_of(space)
    if course and not await platform.provisioning.arrival(course):
        return
    with platform.store.transaction():
        platform.change(space, state=ALLOCATED)
        if course:
            platform.provisioning.finish(course)


def resume(platform: State) -> None:
    """Go on with what an earlier run of the server was allocating."""
    for space in platform.store.having(Space, state=ALLOCATING):
        platform.spawn(_allocate(platform, space))


def rename(platform: State, space: Space, name: str) -> Space:
    if name == space.name:
        return space
    return platform.change(space, name=_free_name(platform, name))


def transfer(platform: State, space: Space, team: Team) -> Space:
    """The space and its apps belong to that team from now on."""
    with platform.store.transaction():
        for app in apps_in(platform, space):
            platform.change(app, team_id=team.id)
        return platform.change(space, team_id=team.id)


def remove(platform: State, space: Space) -> None:
    """Raises AppsLeftError when it has apps."""
    left = apps_in(platform, space)
    if left:
        raise AppsLeftError(space=space.name, apps=", ".join(app.name for app in left))
    platform.store.remove(space)


def apps_in(platform: State, space: Space) -> list[App]:
    return platform.store.having(App, space_id=space.id)


def _region(platform: State, identity: str) -> str:
    region = catalogue.find(platform.catalogue.regions, identity)
    if region is None or not region.row["private_capable"]:
        private = (r.name for r in platform.catalogue.regions if r.row["private_capable"])
        raise RegionError(region=identity, known=", ".join(private))
    return region.name


def _free_name(platform: State, name: str) -> str:
    if NAME.fullmatch(name) is None:
        raise NameFormError
    if platform.store.named(Space, name=name):
        raise NameTakenError
    return name


def document(platform: State, space: Space) -> Document:
    team = teams.find(platform, space.team_id)
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
    """Where requests of its dynos would come from; the addresses are nobody's."""
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


def peering_info_document(platform: State, space: Space) -> Document:
    """What one has to know to peer with it; the account and the network are nobody's."""
    region = catalogue.find(platform.catalogue.regions, space.region)
    return {
        "aws_account_id": f"{zlib.crc32(space.team_id.encode()):012d}",
        "aws_region": region.row["provider"] if region else space.region,
        "vpc_id": f"vpc-{space.id[:8]}",
        "vpc_cidr": space.cidr,
        "dyno_cidr_blocks": cidr.dyno_blocks(space.cidr),
        "space_cidr_blocks": [space.cidr],
        "unavailable_cidr_blocks": [space.cidr, space.data_cidr],
    }


def topology_document(platform: State, space: Space) -> Document:
    """All dynos that run in it, where they listen on this machine."""
    return {
        "version": 1,
        "apps": [_topology_of(platform, app) for app in apps_in(platform, space)],
    }


def _topology_of(platform: State, app: App) -> Document:
    running = platform.machines.dynos.dynos(app.id)
    return {
        "id": app.id,
        "domains": [domain.hostname for domain in domains.of_app(platform, app)],
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
            for process in formation.every(platform, app)
        ],
    }
