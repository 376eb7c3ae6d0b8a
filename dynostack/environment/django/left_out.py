"""Files that are in the folder of a source, but not in what Heroku builds."""

from collections.abc import Iterator

from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.django.text import SourceFolder


def left_out(folder: SourceFolder, name: str, code: str) -> Iterator[Finding]:
    """Report a file that a build needs and leaves out, under the code of the file's rule."""
    if folder.leaves_out(name):
        message = f"{name} is there, but .gitignore or .slugignore keeps it out of the build"
        suggestion = f"no line there that matches it, or run: git add --force {folder.named(name)}"
        yield Finding(("app", "source"), code, message, suggestion)
