"""A review as JSON, and back: `parse(render(review)) == review`."""

from pydantic import TypeAdapter

from dynostack.review.model import Review

_ADAPTER = TypeAdapter(Review)


def render(review: Review) -> str:
    """All of the model, for a program."""
    return _ADAPTER.dump_json(review, indent=2).decode() + "\n"


def parse(text: str) -> Review:
    """The review that `render` wrote.

    Raises:
        ValueError: the text is no review.
    """
    return _ADAPTER.validate_json(text)
