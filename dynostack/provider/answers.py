"""The fields of Heroku's objects that the provider reads from responses.

https://devcenter.heroku.com/articles/platform-api-reference
"""

from __future__ import annotations

from dynostack.provider.expected import (
    ADDRESS,
    FLAG,
    NUMBER,
    TEXT,
    each,
    mapping,
    one_of,
    optional,
    record,
)

_ID = record(id=TEXT)
_NAME = record(name=TEXT)
_PERSON = record(id=TEXT, email=TEXT)

REMOVED = _ID
"""The removed object in the response to a DELETE; its other fields depend on its kind."""
CHANGED = _ID
"""The changed object in a response of which no other field is read."""
ACCOUNT = _ID
APP = record(
    id=TEXT,
    name=TEXT,
    region=_NAME,
    build_stack=_NAME,
    git_url=TEXT,
    web_url=optional(TEXT),
    internal_routing=optional(FLAG),
    acm=optional(FLAG),
    locked=optional(FLAG),
    team=optional(_NAME),
    space=optional(_NAME),
    slug_size=optional(NUMBER),
)
TEAM_APP = record(id=TEXT, locked=optional(FLAG))
BUILDPACKS = each(record(buildpack=_NAME))
ADDON = record(
    id=TEXT,
    name=TEXT,
    app=_ID,
    plan=_NAME,
    provider_id=optional(TEXT),
    config_vars=each(TEXT),
    state=TEXT,
)
ATTACHMENT = record(id=TEXT, name=TEXT, app=_ID, addon=_ID, namespace=optional(TEXT))
SOURCE = record(source_blob=record(put_url=ADDRESS, get_url=ADDRESS))
BUILD = record(
    id=TEXT,
    app=_ID,
    source_blob=record(checksum=optional(TEXT), url=optional(TEXT), version=optional(TEXT)),
    buildpacks=optional(each(record(url=TEXT))),
    output_stream_url=ADDRESS,
    release=optional(_ID),
    slug=optional(_ID),
    stack=TEXT,
    status=one_of("failed", "pending", "succeeded"),
    user=_PERSON,
)
COLLABORATOR = record(id=TEXT, app=_ID, user=record(email=TEXT), permissions=optional(each(_NAME)))
COUPLING = record(id=TEXT, app=_ID, pipeline=_ID, stage=TEXT)
DOMAIN = record(id=TEXT, app=_ID, hostname=TEXT, cname=optional(TEXT), sni_endpoint=optional(_ID))
DRAIN = record(id=TEXT, url=TEXT, token=TEXT)
FEATURE = record(id=TEXT, name=TEXT, enabled=FLAG)
FORMATION = record(id=TEXT, app=_ID, type=TEXT, quantity=NUMBER, size=TEXT)
PIPELINE = record(id=TEXT, name=TEXT, owner=record(id=TEXT, type=TEXT))
RELEASE = record(id=TEXT, status=TEXT, version=optional(NUMBER))
CONFIG_VARS = mapping(optional(TEXT))
