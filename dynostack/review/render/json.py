"""A review as JSON, and back: `parse(render(review)) == review`."""

from pydantic import TypeAdapter

from dynostack.review.model import Review

_ADAPTER = TypeAdapter(Review)


def render(review: Review) -> str:
    """Return the whole model as JSON, for programs.

    A sentence is a list of its parts: our words are strings, everything else is an object such as
    `{"code": "heroku pg:info"}` or `{"quote": "a policy's message"}`.
    """
    return _ADAPTER.dump_json(review, indent=2).decode() + "\n"


def parse(text: str) -> Review:
    """Return the review that `render` wrote.

    Raises:
        ValueError: the text is not a review.
    """
    return _ADAPTER.validate_json(text)
