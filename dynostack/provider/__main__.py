"""``python -m dynostack.provider``: the plugin that the engine starts."""

import sys

from dynostack.provider.server import main

main(sys.argv[1:])
