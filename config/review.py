"""What a reviewer of this environment is told in particular."""

from pydantic import Field

from config.section import Section


class Review(Section):
    """Limits of what passes without an explicit yes."""

    monthly_limit: int | None = Field(
        None,
        description="US dollars a month; a change that costs more needs an explicit yes.",
        examples=["200"],
    )
