"""Tests of the plugin's process and its gRPC responses, as the engine sees them."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import grpc.aio
import psutil
import pytest
from google.protobuf import empty_pb2

from dynostack.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2
from dynostack.provider.values import is_secret, unwrap_all, wrap_all
from tests.provider.cases import answer
from tests.provider.fake import API_KEY, Exchange, FakeHeroku, fake_heroku

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

APP = "heroku:app/app:App"
COLLABORATOR = "heroku:collaborator/collaborator:Collaborator"


def _urn(token: str) -> str:
    return f"urn:pulumi:local::shop::{token}::main"


def _metadata(error: grpc.aio.AioRpcError) -> dict[str, Any]:
    metadata: Any = error.trailing_metadata() or ()
    return dict(metadata)


@asynccontextmanager
async def _plugin(*exchanges: Exchange) -> AsyncIterator[tuple[Any, FakeHeroku]]:
    """Start the real process, configured for a fake Heroku on this machine."""
    arguments = (sys.executable, "-m", "dynostack.provider", "127.0.0.1:1")
    process = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    try:
        async with (
            fake_heroku(*exchanges) as fake,
            grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
        ):
            stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)
            arguments_of_provider = wrap_all({"url": fake.url, "apiKey": API_KEY})
            await stub.Configure(provider_pb2.ConfigureRequest(args=arguments_of_provider))
            yield stub, fake
    finally:
        process.terminate()
        await process.wait()


async def test_a_prestarted_process_has_a_provider_for_each_connection() -> None:
    arguments = (sys.executable, "-m", "dynostack.provider")
    process = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    address = f"127.0.0.1:{int(await process.stdout.readline())}"
    own_connection = [("grpc.use_local_subchannel_pool", 1)]
    here = Exchange("GET /apps/app-1/collaborators", 200, [])
    no_more = Exchange("GET /apps/app-1/collaborators/c-1", 404, {"id": "not_found", "message": ""})
    try:
        async with (
            fake_heroku(here, no_more) as one,
            fake_heroku(here, no_more) as two,
            grpc.aio.insecure_channel(address, own_connection) as first,
            grpc.aio.insecure_channel(address, own_connection) as second,
        ):
            stubs: list[Any] = [
                provider_pb2_grpc.ResourceProviderStub(each) for each in (first, second)
            ]
            for stub, fake in zip(stubs, (one, two), strict=True):
                await stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))
                given = wrap_all({"url": fake.url, "apiKey": API_KEY})
                await stub.Configure(provider_pb2.ConfigureRequest(args=given))
            for stub in stubs:
                known = wrap_all({"appId": "app-1", "email": "dev@acme.example"})
                gone = await stub.Read(
                    provider_pb2.ReadRequest(urn=_urn(COLLABORATOR), id="c-1", properties=known)
                )
                assert gone.id == ""
            assert len(one.asked) == len(two.asked) == 2
    finally:
        process.terminate()
        await process.wait()


async def test_the_life_of_a_resource() -> None:
    made = {"id": "c-1", "app": {"id": "app-1"}, "user": {"email": "dev@acme.example"}}
    inputs = wrap_all({"appId": "app-1", "email": "dev@acme.example"})
    async with _plugin(
        Exchange("POST /apps/app-1/collaborators", 201, made),
        Exchange("GET /apps/app-1/collaborators", 200, [made]),
    ) as (stub, _):
        info = await stub.GetPluginInfo(empty_pb2.Empty())
        created = await stub.Create(
            provider_pb2.CreateRequest(urn=_urn(COLLABORATOR), properties=inputs)
        )
        read = await stub.Read(
            provider_pb2.ReadRequest(
                urn=_urn(COLLABORATOR), id="c-1", properties=created.properties, inputs=inputs
            )
        )
        diff = await stub.Diff(
            provider_pb2.DiffRequest(
                urn=_urn(COLLABORATOR), id="c-1", olds=read.properties, news=inputs
            )
        )
    assert info.version == "1.0.4"
    assert (created.id, read.id) == ("c-1", "c-1")
    assert created.properties == read.properties
    assert created.properties["__meta"] == '{"schema_version":"1"}'
    assert diff.changes == provider_pb2.DiffResponse.DIFF_NONE


async def test_an_error_is_a_message_without_a_traceback() -> None:
    refused = {"id": "forbidden", "message": f"No, {API_KEY}."}
    inputs = wrap_all({"appId": "app-1", "email": "dev@acme.example"})
    async with _plugin(Exchange("POST /apps/app-1/collaborators", 403, refused)) as (stub, _):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Create(provider_pb2.CreateRequest(urn=_urn(COLLABORATOR), properties=inputs))
    assert caught.value.details() == (
        "No, [secret]. (Heroku answered 403 forbidden to POST /apps/app-1/collaborators)"
    )


async def test_an_unusable_response_is_never_printed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    inputs = wrap_all({"appId": "app-1", "email": "dev@acme.example"})
    exchanges = (
        Exchange("POST /apps/app-1/collaborators", 201, None),
        Exchange("GET /apps/app-1/collaborators/dev@acme.example", 404, answer("not-found-app")),
    )
    async with _plugin(*exchanges) as (stub, fake):
        fake.raw["POST /apps/app-1/collaborators"] = b'{"id": "planted-secret\xff"}'
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Create(provider_pb2.CreateRequest(urn=_urn(COLLABORATOR), properties=inputs))
    assert caught.value.details() == (
        "cannot use the response to POST /apps/app-1/collaborators (201): it is not JSON in UTF-8,"
        " or is incomplete; the resource may exist anyway: before the next `pulumi up` run"
        " `heroku access --app app-1` and, if it exists, add it to the state with `pulumi import`"
    )
    assert "".join(capfd.readouterr()) == ""


async def test_a_build_is_kept_if_its_progress_cannot_be_reported() -> None:
    built = answer("build")
    exchanges = (
        Exchange("POST /apps/app-1/builds", 201, built),
        Exchange("GET /output", 200, "-----> Building"),
        Exchange("GET /apps/app-1/builds/build-1", 200, built),
    )
    source = {"url": "https://example.com/x"}
    async with _plugin(*exchanges) as (stub, fake):
        created = await stub.Create(
            provider_pb2.CreateRequest(
                urn=_urn("heroku:build/build:Build"),
                properties=wrap_all({"appId": "app-1", "source": source}),
            )
        )
    assert created.id == "build-1"
    assert [name for name, _ in fake.asked].count("GET /output") == 1


async def test_an_unsupported_type_is_named() -> None:
    async with _plugin() as (stub, _):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Check(provider_pb2.CheckRequest(urn=_urn("heroku:space/space:Space")))
    details = caught.value.details() or ""
    assert (
        'does not support "heroku:space/space:Space"; it supports heroku:addon/addon:Addon'
        in details
    )


async def test_an_unsupported_function_is_named() -> None:
    async with _plugin() as (stub, _):
        with pytest.raises(
            grpc.aio.AioRpcError, match='not have the function "heroku:app/getApp:getApp"'
        ):
            await stub.Invoke(provider_pb2.InvokeRequest(tok="heroku:app/getApp:getApp"))


async def test_an_unfinished_resource_is_kept() -> None:
    app = {"id": "app-1", "name": "shop", "region": {"name": "eu"}, "git_url": "g", "web_url": "w"}
    app["build_stack"] = {"name": "heroku-24"}
    refused = {"id": "invalid_params", "message": "No such buildpack."}
    inputs = wrap_all({"name": "shop", "region": "eu", "buildpacks": ["none"]})
    async with _plugin(
        Exchange("POST /apps", 201, app),
        Exchange("PUT /apps/app-1/buildpack-installations", 422, refused),
    ) as (stub, _):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Create(provider_pb2.CreateRequest(urn=_urn(APP), properties=inputs))
    status = status_pb2.Status.FromString(_metadata(caught.value)["grpc-status-details-bin"])
    failed = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(failed)
    assert failed.id == "app-1"
    assert unwrap_all(failed.properties)["name"] == "shop"
    assert failed.reasons[0].startswith("No such buildpack.")


async def test_configuration_with_a_secret_is_the_same_as_without() -> None:
    plain = wrap_all({"apiKey": "planted", "url": "http://127.0.0.1:1"})
    async with _plugin() as (stub, _):
        checked = await stub.CheckConfig(provider_pb2.CheckRequest(news=plain))
        same = await stub.DiffConfig(
            provider_pb2.DiffRequest(old_inputs=plain, news=checked.inputs)
        )
        other = await stub.DiffConfig(
            provider_pb2.DiffRequest(old_inputs=plain, news=wrap_all({"apiKey": "other"}))
        )
    assert is_secret(checked.inputs.fields["apiKey"])
    assert same.changes == provider_pb2.DiffResponse.DIFF_NONE
    assert other.changes == provider_pb2.DiffResponse.DIFF_SOME


async def test_invalid_arguments_are_named() -> None:
    news = wrap_all({"delays": "{", "customisations": "[]"})
    async with _plugin() as (stub, _):
        checked = await stub.CheckConfig(provider_pb2.CheckRequest(news=news))
    assert {each.reason.partition(":")[0] for each in checked.failures} == {
        "delays",
        "customisations",
    }


async def test_cancel_ends_a_wait_and_keeps_the_resource() -> None:
    addon = {"id": "addon-1", "name": "db", "app": {"id": "app-1"}, "state": "provisioning"}
    addon |= {"plan": {"name": "x:y"}, "config_vars": [], "provider_id": "p"}
    polls = [Exchange("GET /apps/app-1/addons/addon-1", 200, addon) for _ in range(9)]
    async with _plugin(
        Exchange("GET /apps/app-1", 200, answer("app")),
        Exchange("POST /apps/app-1/addons", 201, addon),
        *polls,
    ) as (stub, fake):
        properties = wrap_all({"appId": "app-1", "plan": "x:y"})
        urn = _urn("heroku:addon/addon:Addon")
        creating = stub.Create(provider_pb2.CreateRequest(urn=urn, properties=properties))
        await fake.hears(polls[0])
        await stub.Cancel(empty_pb2.Empty())
        with pytest.raises(grpc.aio.AioRpcError, match="stopped while waiting") as caught:
            await creating
    assert "grpc-status-details-bin" in _metadata(caught.value)
    assert len(fake.asked) < len(polls)


async def test_it_ends_when_the_engine_was_killed() -> None:
    plugin = f"{sys.executable} -m dynostack.provider 127.0.0.1:1 & echo $!; wait"
    engine = await asyncio.create_subprocess_exec(
        "sh", "-c", plugin, stdout=asyncio.subprocess.PIPE
    )
    assert engine.stdout is not None
    process = psutil.Process(int(await engine.stdout.readline()))
    assert int(await engine.stdout.readline()) > 0
    engine.kill()
    await engine.wait()
    await asyncio.to_thread(process.wait, 30)
