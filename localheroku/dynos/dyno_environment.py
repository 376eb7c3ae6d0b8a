"""The environment of a dyno: the app's config vars, and what Heroku and the buildpacks set.

https://devcenter.heroku.com/articles/dynos#local-environment-variables
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localheroku.dynos.buildpacks import table
from localheroku.dynos.environment import SYSTEM_PATH, DynoContext, default_locale

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def dyno_environment(
    slug: Path,
    home: Path,
    config_vars: Mapping[str, str],
    name: str,
    size: str,
    port: int | None,
) -> dict[str, str]:
    """Return the environment of a dyno, run in a copy of its slug at `home`.

    Args:
        slug: the folder of the slug.
        home: the dyno's folder.
        config_vars: the app's config vars.
        name: such as web.1.
        size: the name of the dyno's size.
        port: the port of a web dyno.
    """
    platform = {
        **config_vars,
        "DYNO": name,
        "HOME": str(home),
        "LANG": config_vars.get("LANG") or default_locale(),
        "PATH": config_vars.get("PATH") or SYSTEM_PATH,
    }
    if port is not None:
        platform["PORT"] = str(port)
    return table.dyno_variables(DynoContext(slug, home, config_vars, size, port), platform)
