"""Limits of a source and of a slug, however small their archive or commit is.

Each is larger than what real projects need. Heroku documents one limit, the 500 MB of a slug:
https://devcenter.heroku.com/articles/slug-compiler#slug-size
"""

MAX_BYTES = 2_000_000_000
"""Bytes of all files together; four times the size limit of a slug."""

MAX_FILES = 500_000
"""Files, folders and links together; unpacking that many takes about a minute."""

MAX_DEPTH = 128
"""Folders around a file. Code that walks through a slug opens a folder at each level."""

MAX_PATH_BYTES = 2_048
"""Bytes below the top folder; leaves room for the folders that the local Heroku puts around it."""

MAX_HEADER_BYTES = 1 << 17
"""Bytes of a member's headers; Linux stores at most 64 KiB of attributes with a file."""
