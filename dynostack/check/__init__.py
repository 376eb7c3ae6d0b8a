"""`dynostack check`: what the rules of `config` say about the stacks' files, in several formats."""
