"""``python -m dynostack.provider``: the plugin that the engine starts."""

import sys

from dynostack.startup import speed_up_imports

speed_up_imports()

from dynostack.provider.server import main  # noqa: E402 - the largest import of this process

main(sys.argv[1:])
