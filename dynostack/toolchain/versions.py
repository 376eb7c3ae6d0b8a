"""What this project runs on: the one place that names versions of programs not on PyPI."""

from __future__ import annotations

ENGINE_VERSION = "3.258.0"
"""The engine that is downloaded or built; tools/engine/go.mod pins the same (a test compares)."""

ENGINE_MINIMUM = (3, 258, 0)
"""An official engine on PATH is taken from this version on: older ones are not tested."""

ENGINE_MAJOR = 3
"""An engine of the next major version may speak another protocol."""

HEROKU_PLUGIN_VERSION = "1.0.4"
"""The version of pulumiverse_heroku, and so of the plugin that its programs ask the engine for."""

LANGUAGE_PLUGIN = "pulumi-language-python"
HEROKU_PLUGIN = "pulumi-resource-heroku"
