"""What a reviewer of this environment is told in particular."""

from pydantic import Field

from dynostack.environment.section import Section


class Review(Section):
    """Limits of what passes without an explicit yes."""

    monthly_limit: int | None = Field(
        None,
        description="US dollars a month; a change that costs more needs an explicit yes.",
        examples=["200"],
    )
    policies: bool = Field(
        False,
        description="Whether reviews and applies enforce the policies of dynostack: encrypted"
        " secrets; databases of production are protected and can be restored.",
        examples=["true"],
    )
