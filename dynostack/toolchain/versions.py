"""The versions of the programs that are not on PyPI; this is the only place that names them."""

from __future__ import annotations

ENGINE_VERSION = "3.258.0"
"""The engine that is downloaded or built; a test checks that engine_pins/go.mod pins the same."""

ENGINE_MINIMUM = (3, 258, 0)
"""The oldest official engine on PATH that is used; older ones are not tested."""

ENGINE_MAJOR = 3
"""The only major version that is used; the next one may have another protocol."""

HEROKU_PLUGIN_VERSION = "1.0.4"
"""The version of pulumiverse_heroku, and so of the plugin that its programs need."""

LANGUAGE_PLUGIN = "pulumi-language-python"
HEROKU_PLUGIN = "pulumi-resource-heroku"
