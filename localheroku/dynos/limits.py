"""Limits of a source and of a slug, however small the archive or the commit is that has them.

Each is above what real projects have.  Heroku documents one limit, the 500 MB of a slug:
https://devcenter.heroku.com/articles/slug-compiler#slug-size
"""

MAX_BYTES = 2_000_000_000
"""All files together; four times the size limit of a slug."""

MAX_FILES = 500_000
"""Files, folders and links together; unpacking so many takes about a minute."""

MAX_DEPTH = 128
"""Folders around a file.  What walks through a slug opens a folder at each level."""

MAX_PATH_BYTES = 2_048
"""Bytes below the top folder; leaves room for the folders that the local Heroku puts around it."""

MAX_HEADER_BYTES = 1 << 17
"""Bytes of a member's headers; Linux keeps at most 64 KiB of attributes with a file."""
