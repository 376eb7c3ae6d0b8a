"""Where a key belongs that a model does not have."""

from dataclasses import dataclass

from dynostack.environment.diagnostics.finding import Path
from dynostack.environment.environment import Environment
from dynostack.environment.section import keys_of
from dynostack.environment.source.model_shapes import ModelShapes

_WORDS = {
    "redis": '{ redis: { plan: "heroku-redis:mini" } } under {project}:addons',
    "keyvalue": '{ redis: { plan: "heroku-redis:mini" } } under {project}:addons',
    "database": "{project}:postgres",
    "postgresql": "{project}:postgres",
    "cache": "{project}:memcached",
    "memcachier": "{project}:memcached",
    "dynos": "{project}:formation",
    "processes": "{project}:formation",
    "env": "configVars under {project}:app",
    "environment": "configVars under {project}:app",
    "vars": "configVars under {project}:app",
    "variables": "configVars under {project}:app",
    "users": "{project}:collaborators",
    "logs": "{project}:drains",
}
"""A word that people use for a section, in lowercase -> what to write instead."""


@dataclass(frozen=True)
class Place:
    """An unknown key, and where it was found."""

    project: str
    environment: type[Environment]
    parents: Path
    key: str

    def suggestion(self) -> str | None:
        """Return what to write instead, or None if the key belongs nowhere."""
        key = self.key.removeprefix(f"{self.project}:")
        sections = keys_of(self.environment)
        if self.is_section:
            return f"{self.project}:{key} in the column of {self.project}:{self.parents[0]}"
        if self.parents:
            return None
        section, _, rest = key.partition(".")
        if rest and section in sections:
            return f"{rest} under {self.project}:{section}; a command that sets it needs --path"
        owners = [each for each in sections if key in self._keys_of_section(each)]
        if len(owners) == 1:
            return f"{key} under {self.project}:{owners[0]}"
        known = _WORDS.get(key.lower().replace("-", "").replace("_", ""))
        return known.replace("{project}", self.project) if known else None

    @property
    def is_section(self) -> bool:
        """Whether the key is the name of a section, inside another section."""
        key = self.key.removeprefix(f"{self.project}:")
        return bool(self.parents) and key in keys_of(self.environment)

    def _keys_of_section(self, section: str) -> tuple[str, ...]:
        model = ModelShapes(self.environment).model((section,))
        return () if model is self.environment else keys_of(model)
