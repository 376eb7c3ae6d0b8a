"""The parts of a slug's folder."""

from __future__ import annotations

APP = "app"
"""The app's files."""
ENVIRONMENT = "environment"
"""A link to the app's Python with its packages; an uploaded slug has none."""
BUILDPACKS = "buildpacks"
"""A file with the names of the buildpacks that built it, in order; an uploaded slug has none."""
