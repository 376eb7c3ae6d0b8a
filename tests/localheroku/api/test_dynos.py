"""One-off dynos, and stopping and restarting dynos."""

from __future__ import annotations

import pytest

from tests.localheroku.client import Api

DYNOS = "/apps/shop/dynos"


async def test_a_one_off_dyno_runs_what_was_released(api: Api) -> None:
    app = await api.app()
    await api.build("web: serve")

    dyno = await api.post(
        DYNOS,
        {
            "command": "python manage.py migrate",
            "size": "standard-1x",
            "type": "task",
            "time_to_live": 600,
            "env": {"COLUMNS": 80, "A": "1", "TERM": None},
            "force_no_tty": None,
        },
    )

    assert (dyno["type"], dyno["size"], dyno["attach_url"]) == ("task", "Standard-1X", None)
    assert (dyno["command"], dyno["app"]["id"]) == ("python manage.py migrate", app["id"])
    assert dyno["release"]["version"] == 2
    ((app_id, request, line),) = api.backends.dynos.one_off_requests
    assert (app_id, line) == (app["id"], None)
    assert (request.env, request.seconds, request.tty) == ({"COLUMNS": "80", "A": "1"}, 600, True)


async def test_an_attached_dyno_has_a_rendezvous_url(api: Api) -> None:
    await api.app()
    await api.build("web: serve")

    body = {"command": "bash", "attach": True, "force_no_tty": True}
    dyno = await api.post(DYNOS, body)

    assert dyno["attach_url"].startswith("rendezvous://127.0.0.1:")
    ((_, request, line),) = api.backends.dynos.one_off_requests
    assert (request.type, request.size, request.seconds) == ("run", "Basic", 24 * 60 * 60)
    assert line is not None
    assert not request.tty


async def test_a_process_type_stands_for_its_command(api: Api) -> None:
    await api.app()
    await api.build("web: serve\nconsole: python shell.py")

    dyno = await api.post(DYNOS, {"command": "console --quick ; echo done"})

    assert dyno["command"] == "python shell.py --quick ; echo done"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"command": " "}, "python manage.py"),
        ({"command": "ls\0"}, "python manage.py"),
        ({"env": {"A=B": "1"}}, "letters, digits"),
        ({"env": {"A": "1\0"}}, "without NUL"),
        ({"size": "huge"}, "Couldn't find that dyno size"),
        ({"type": "a b"}, "letters, digits"),
        ({"time_to_live": 86401}, "86400"),
        ({"time_to_live": -1}, "86400"),
    ],
)
async def test_invalid_dynos_are_refused(api: Api, wrong: dict[str, object], words: str) -> None:
    await api.app()
    await api.build("web: serve")

    refusal = await api.refusal("POST", DYNOS, {"command": "bash", **wrong})

    assert words in refusal[2]
    assert api.backends.dynos.one_off_requests == []


async def test_nothing_runs_before_it_is_deployed(api: Api) -> None:
    await api.app()

    assert await api.refusal("POST", DYNOS, {"command": "bash"}) == (
        422,
        "invalid_params",
        "App shop has no slug to run: deploy it first.",
    )


async def test_dynos_are_stopped_and_restarted_by_name_and_by_type(api: Api) -> None:
    app = await api.app()
    await api.build("web: serve")

    for method, path in (
        ("POST", f"{DYNOS}/web.1/actions/stop"),
        ("POST", "/apps/shop/formations/web/actions/stop"),
        ("DELETE", "/apps/shop/formations/web"),
        ("DELETE", f"{DYNOS}/web"),
        ("POST", f"{DYNOS}/web/actions/stop"),
    ):
        assert (await api.call(method, path)).status == 202
    for path in (
        f"{DYNOS}/web.9/actions/stop",
        f"{DYNOS}/worker/actions/stop",
        "/apps/shop/formations/worker/actions/stop",
    ):
        assert await api.refusal("POST", path) == (404, "not_found", "Couldn't find that dyno.")

    names = [name for _, name in api.backends.dynos.restarted]
    assert (names, {id_ for id_, _ in api.backends.dynos.restarted}) == (
        ["web.1", "web", "web", "web", "web"],
        {app["id"]},
    )
