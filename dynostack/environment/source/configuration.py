"""Values of sections as the engine passes them to programs and prints them."""

import json


def section_value(text: str) -> object:
    """Return a section's value: the engine passes sections with several keys as JSON."""
    return json.loads(text) if text.startswith(("{", "[")) else text
