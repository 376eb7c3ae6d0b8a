"""Public SSH keys of an account."""

from __future__ import annotations

import base64

import pytest

from tests.localheroku.client import Api


def public_key(kind: str = "ssh-ed25519", comment: str = "dev@acme.example") -> str:
    name = kind.encode()
    blob = len(name).to_bytes(4, "big") + name + b"the key itself"
    return f"{kind} {base64.b64encode(blob).decode()} {comment}"


async def test_a_key_is_added_and_removed(api: Api) -> None:
    key = await api.post("/account/keys", {"public_key": f"{public_key()}\n"})

    assert (key["comment"], key["email"]) == ("dev@acme.example", "ops@acme.example")
    assert key["public_key"] == public_key()
    assert len(key["fingerprint"].split(":")) == 16
    assert await api.get("/account/keys") == [key]
    assert await api.get(f"/account/keys/{key['fingerprint']}") == key
    assert await api.delete(f"/account/keys/{key['id']}") == key
    assert (await api.refusal("GET", f"/account/keys/{key['id']}"))[:2] == (404, "not_found")


async def test_a_key_belongs_to_one_account(api: Api) -> None:
    key = await api.post("/account/keys", {"public_key": public_key()})
    other = api.of("dev@acme.example")

    assert await other.get("/account/keys") == []
    assert (await other.refusal("GET", f"/account/keys/{key['id']}"))[0] == 404
    taken = await other.refusal("POST", "/account/keys", {"public_key": public_key()})
    assert taken == (422, "invalid_params", "Fingerprint is already taken")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 !!!!",
        public_key().replace("ssh-ed25519", "ssh-rsa"),
        public_key("ssh-dss"),
        f"{public_key()}\n{public_key()}",
    ],
)
async def test_an_invalid_key_is_refused(api: Api, text: str) -> None:
    assert (await api.refusal("POST", "/account/keys", {"public_key": text}))[0] == 422
