"""The Pulumi program."""

from dynostack.program import run
from stacks import declare

run(declare)
