"""Before any client of memcached is imported."""

import os
from pathlib import Path

# pylibmc's wheel looks for SASL's mechanisms, as it is imported, where Red Hat has them.
for _plugins in Path("/usr/lib").glob("*/sasl2"):
    os.environ.setdefault("SASL_PATH", str(_plugins))
