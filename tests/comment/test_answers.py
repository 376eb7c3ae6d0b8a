"""Errors, rate limits and outages of the services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from dynostack.comment.errors import CommentError
from dynostack.comment.header import Header
from tests.comment.conftest import Rig, host_of, review
from tests.comment.service import TOKEN, Fault, GitHubService, project_of, running

LIMIT = {"message": "API rate limit exceeded"}
SAID = {"message": "Validation Failed", "errors": [{"message": "was submitted too quickly"}]}


def message(rig: Rig) -> str:
    with pytest.raises(CommentError) as error:
        rig.comment(review())
    assert TOKEN not in str(error.value)
    return str(error.value)


def in_seconds(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_waits_as_long_as_retry_after_says(rig: Rig) -> None:
    rig.service.fails("GET", Fault(429, {"Retry-After": "17"}, LIMIT))
    rig.comment(review())
    assert rig.pauses == [17]


def test_waits_until_the_date_in_retry_after(rig: Rig) -> None:
    date = format_datetime(in_seconds(30), usegmt=True)
    rig.service.fails("GET", Fault(429, {"Retry-After": date}, LIMIT))
    rig.comment(review())
    assert 10 < rig.pauses[0] <= 30


def test_githubs_limit_is_a_403(github: Rig) -> None:
    reset = str(int(in_seconds(40).timestamp()))
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    github.service.fails("GET", Fault(403, headers, LIMIT))
    github.comment(review())
    assert 10 < github.pauses[0] <= 40


def test_a_limit_on_writing_is_waited_for(rig: Rig) -> None:
    rig.service.fails("POST", *[Fault(429, {"Retry-After": "1"}, LIMIT)] * 3)
    rig.comment(review())
    assert rig.pauses == [1, 1, 1]
    assert len(rig.service.bodies) == 1


def test_does_not_wait_for_an_hour(rig: Rig) -> None:
    rig.service.fails("GET", Fault(429, {"Retry-After": "3000"}, LIMIT))
    assert "asks to wait 3000 seconds" in message(rig)
    assert rig.pauses == []


def test_waits_longer_each_time(rig: Rig) -> None:
    rig.service.fails("GET", *[Fault(502, body="<html>Bad gateway</html>")] * 3)
    rig.comment(review())
    assert rig.pauses == [2, 4, 8]


def test_gives_up_after_five_attempts(rig: Rig) -> None:
    rig.service.fails("GET", *[Fault(503)] * 9)
    assert "answered with status 503; run the command again later" in message(rig)
    assert len(rig.pauses) == 4


@pytest.mark.parametrize("fault", [Fault(502, done=True), Fault(0, done=True, drops=True)])
def test_one_comment_though_the_answer_was_lost(rig: Rig, fault: Fault) -> None:
    rig.service.fails("POST", fault)
    rig.comment(review())
    assert len(rig.service.bodies) == 1


@pytest.mark.parametrize("fault", [Fault(500), Fault(0, drops=True)])
def test_a_comment_that_was_not_created_is_retried(rig: Rig, fault: Fault) -> None:
    rig.service.fails("POST", fault)
    rig.comment(review())
    assert len(rig.service.bodies) == 1


def test_the_connection_may_break(rig: Rig) -> None:
    rig.service.fails("GET", Fault(0, drops=True))
    rig.comment(review())
    assert rig.pauses == [2]


def test_the_service_cannot_be_reached(rig: Rig) -> None:
    address = "http://127.0.0.1:9"
    host = host_of(rig.service, GITHUB_API_URL=address, CI_API_V4_URL=address)
    with pytest.raises(CommentError, match=r"cannot reach .* at 127\.0\.0\.1:9"):
        host.author()


def test_an_unknown_token(rig: Rig) -> None:
    host = host_of(rig.service, GITHUB_TOKEN="other", GITLAB_TOKEN="other")
    with pytest.raises(CommentError, match=r"rejected the token in GIT.*_TOKEN"):
        host.author()


def test_a_token_without_permission_to_write(rig: Rig) -> None:
    rig.service.fails("GET", Fault(403, body={"message": "Resource not accessible"}))
    said = message(rig)
    assert "may not write to" in said
    assert "Resource not accessible" in said
    assert rig.pauses == []


def test_no_such_request(rig: Rig) -> None:
    rig.service.fails("GET", Fault(404, body={"message": "Not Found"}))
    assert f"request 7 of {project_of(rig.service)} with this token; check --repo, --pr" in message(
        rig
    )


def test_a_rejected_comment(github: Rig) -> None:
    github.service.fails("POST", Fault(422, body=SAID))
    assert message(github).endswith(
        "rejected the comment: Validation Failed; was submitted too quickly"
    )
    assert github.service.bodies == []


def test_a_repository_that_moved(rig: Rig) -> None:
    rig.service.fails("GET", Fault(301, {"Location": "http://127.0.0.1:9/elsewhere"}))
    assert "has moved; use its new name" in message(rig)


def test_the_token_goes_to_no_other_address(github: Rig) -> None:
    """The token does not follow a redirect or a link to the next page."""
    with running(GitHubService()) as other:
        for number in range(150):
            github.service.write(f"comment {number}", "dev")
        github.service.links_to = other.address
        github.comment(review())
        github.service.fails("GET", Fault(302, {"Location": f"{other.address}/x"}))
        message(github)
        assert other.asked == []


def test_not_the_api(rig: Rig) -> None:
    rig.service.fails("GET", Fault(200, body="<html>Sign in</html>"))
    assert "the response is not from" in message(rig)


def test_a_token_in_an_answer_is_not_repeated(rig: Rig) -> None:
    rig.service.fails("GET", Fault(403, body={"message": f"bad {TOKEN}"}))
    assert "[token]" in message(rig)


@pytest.mark.parametrize("token", ["", " ", "a b", "a\nb", "töken"])
def test_an_invalid_token_is_rejected(rig: Rig, token: str) -> None:
    with pytest.raises(CommentError, match="_TOKEN") as error:
        host_of(rig.service, GITHUB_TOKEN=token, GITLAB_TOKEN=token)
    assert not token.strip() or token not in str(error.value)


@pytest.mark.parametrize("address", ["http://api.example.com", "ftp://127.0.0.1", "api.github.com"])
def test_the_token_is_not_sent_to_an_unsafe_address(rig: Rig, address: str) -> None:
    with pytest.raises(CommentError, match="not an https address"):
        host_of(rig.service, GITHUB_API_URL=address, CI_API_V4_URL=address)


def test_the_token_is_in_no_text_of_an_object(rig: Rig) -> None:
    assert TOKEN not in repr(vars(rig.host))


def test_the_header_names_no_secret(rig: Rig) -> None:
    rig.comment(review())
    assert all(TOKEN not in body for body in rig.service.bodies)
    assert Header.split(rig.service.bodies[0])[0]
