"""`dynostack check`: report the errors in the stacks' files in several formats, and fix some."""
