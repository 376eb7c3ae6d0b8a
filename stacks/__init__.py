"""An environment declared to Pulumi."""

from stacks.environment import declare
from stacks.program import run
from stacks.secrets import decrypted

__all__ = ["declare", "decrypted", "run"]
