"""Commands for several stacks: which stacks, a process for each, and what came of all."""
