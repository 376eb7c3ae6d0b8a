"""Settings for reviews of an environment."""

from pydantic import Field

from dynostack.environment.section import Section


class Review(Section):
    """Settings that decide which changes a review lets pass without an explicit yes."""

    monthly_limit: int | None = Field(
        None,
        description="US dollars a month. A changed cost above this limit needs an explicit yes.",
        examples=[200],
    )
    policies: bool = Field(
        False,
        description="Enforce dynostack's policies in reviews and applies: secrets are encrypted,"
        " and production databases are protected and can be restored.",
        examples=[True],
    )
