"""The Pulumi program: validate the environment of this stack, then declare it."""

import pulumi

import config
import stacks

examined = config.examine(pulumi.get_stack(), decrypted=stacks.decrypted())
for warning in examined.warnings:
    pulumi.log.warn(f"{warning}")
if examined.environment is None:
    raise pulumi.RunError("\n" + "\n".join(map(str, examined.errors)))
if refused := stacks.refusal(pulumi.get_stack(), examined.environment.account):
    raise pulumi.RunError(refused)

stacks.declare(examined.environment)
