"""The Pulumi program."""

import stacks

stacks.run()
