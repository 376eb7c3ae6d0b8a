"""The Pulumi program: validate the environment of this stack, then declare it."""

import pulumi

import config
import stacks

try:
    environment = config.load(pulumi.get_stack(), decrypted=stacks.decrypted())
except config.EnvironmentErrors as wrong:
    raise pulumi.RunError(f"\n{wrong}") from None

stacks.declare(environment)
