"""`dynostack check`: reports the errors in the stacks' files in several formats, and fixes some."""
