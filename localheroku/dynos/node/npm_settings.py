"""The developer's own way to the npm registry: what package managers need of it to install.

https://docs.npmjs.com/cli/configuring-npm/npmrc
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from localheroku.dynos import processes

if TYPE_CHECKING:
    from localheroku.dynos.node.installations import Node
    from localheroku.dynos.process_registry import ProcessRegistry

VARIABLES = re.compile(
    r"^((https?|no|all)_proxy|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS"
    r"|npm_config_(registry|userconfig|globalconfig|cafile|ca|strict_ssl|proxy|https_proxy|noproxy)"
    r"|YARN_(NPM_REGISTRY_SERVER|REGISTRY|HTTPS?_PROXY|HTTPS_CA_FILE_PATH))$",
    re.IGNORECASE,
)
"""The only variables of the developer's environment that package managers get."""

SETTINGS = ("registry", "userconfig", "globalconfig")
DEFAULT_REGISTRY = "https://registry.npmjs.org/"


async def environment(node: Node, registry: ProcessRegistry) -> dict[str, str]:
    """Return the variables with which a build installs from where the developer does.

    A build has a home folder and a prefix of its own, so it would not read the developer's files.
    """
    env = {name: value for name, value in os.environ.items() if VARIABLES.match(name)}
    lines: list[str] = []
    command = (str(node.program), str(node.npm), "config", "get", *SETTINGS)
    own = env | {"HOME": str(Path.home()), "PATH": os.defpath}
    if await processes.run(command, Path("/"), own, lines.append, registry):
        return env
    found = dict(line.split("=", 1) for line in lines if line.partition("=")[0] in SETTINGS)
    names = {name.lower() for name in env}
    for setting in SETTINGS[1:]:
        if setting in found and f"npm_config_{setting}" not in names:
            env[f"npm_config_{setting}"] = found[setting]
    if found.get("registry", DEFAULT_REGISTRY) != DEFAULT_REGISTRY:  # Yarn does not read npmrc
        env.setdefault("YARN_REGISTRY", found["registry"])
        env.setdefault("YARN_NPM_REGISTRY_SERVER", found["registry"])
    return env
