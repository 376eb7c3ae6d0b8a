"""What heroku/heroku-buildpack-python v351 puts into environments, as its own tests list it.

spec/hatchet: pip_spec.rb, uv_spec.rb, poetry_spec.rb, pipenv_spec.rb, hooks_spec.rb and
profile_d_scripts_spec.rb. {python} is /app/.heroku/python there; {home} is /app.
"""

from __future__ import annotations

DYNO = {
    "DYNO_RAM": "512",
    "FORWARDED_ALLOW_IPS": "*",
    "GUNICORN_CMD_ARGS": "--access-logfile -",
    "LANG": "en_US.UTF-8",
    "LD_LIBRARY_PATH": "{python}/lib",
    "LIBRARY_PATH": "{python}/lib",
    "PATH": "{python}/bin:/usr/local/bin:/usr/bin:/bin",
    "PYTHONHOME": "{python}",
    "PYTHONPATH": "{home}",
    "PYTHONUNBUFFERED": "true",
    "WEB_CONCURRENCY": "2",
    "WEB_CONCURRENCY_SET_BY": "heroku/python",
}
"""The environment of a dyno of size Basic, but for what Heroku itself sets."""

DYNO_WITH = {
    "requirements.txt": {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    "uv.lock": {},
    "poetry.lock": {},
    "Pipfile.lock": {
        "PATH": "{python}/bin:{python}/pipenv/bin:/usr/local/bin:/usr/bin:/bin",
        "PIPENV_SYSTEM": "1",
        "PIPENV_VERBOSITY": "-1",
        "VIRTUAL_ENV": "{python}",
    },
}
"""What a package manager's file changes in it."""

KEPT = {
    "GUNICORN_CMD_ARGS": "kept",
    "LANG": "kept",
    "LD_LIBRARY_PATH": "{python}/lib:kept",
    "LIBRARY_PATH": "{python}/lib:kept",
    "PATH": "{python}/bin:kept",
    "PYTHONPATH": "kept",
    "WEB_CONCURRENCY": "kept",
}
"""What a dyno has where each of these variables is a config var with the value `kept`."""

CONCURRENCY = {
    "Standard-1X": ("512", "2"),
    "Standard-2X": ("1024", "4"),
    "Performance-M": ("2560", "5"),
    "Performance-L": ("14336", "17"),
    "Performance-L-RAM": ("30720", "9"),
    "Performance-XL": ("63488", "17"),
    "Performance-2XL": ("129024", "33"),
}
"""DYNO_RAM and WEB_CONCURRENCY of the sizes."""

PRE_COMPILE = {
    "BUILD_DIR": "{app}",
    "CACHE_DIR": "{cache}",
    "CPLUS_INCLUDE_PATH": "{python}/include",
    "C_INCLUDE_PATH": "{python}/include",
    "ENV_DIR": "{config_vars}",
    "LANG": "en_US.UTF-8",
    "LD_LIBRARY_PATH": "{python}/lib",
    "LIBRARY_PATH": "{python}/lib",
    "PATH": "{python}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "PKG_CONFIG_PATH": "{python}/lib/pkg-config",
    "PYTHONUNBUFFERED": "1",
    "SOME_APP_CONFIG_VAR": "1",
}
"""The environment of bin/pre_compile, of an app with one config var."""

POST_COMPILE_WITH = {
    "requirements.txt": {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    "uv.lock": {
        "UV_LINK_MODE": "hardlink",
        "UV_NO_MANAGED_PYTHON": "1",
        "UV_PROJECT_ENVIRONMENT": "{python}",
        "UV_PYTHON_DOWNLOADS": "never",
    },
    "poetry.lock": {
        "POETRY_VIRTUALENVS_CREATE": "false",
        "POETRY_VIRTUALENVS_USE_POETRY_PYTHON": "true",
    },
    "Pipfile.lock": {"PIPENV_SYSTEM": "1", "PIPENV_VERBOSITY": "-1", "VIRTUAL_ENV": "{python}"},
}
"""What the package manager adds for bin/post_compile; uv, Poetry and Pipenv are on PATH."""

NOT_HERE = {
    "PYTHONHOME",  # a virtual environment does not work with it
    "UV_NO_MANAGED_PYTHON",  # the app's Python may be one that uv installed
}
"""Variables of the buildpack that the local Heroku does not set."""

ONLY_HERE = {"VIRTUAL_ENV": "{python}"}
"""Variables that a dyno has only here, in place of PYTHONHOME."""

EVERY_DYNO = {*DYNO, *ONLY_HERE, "DYNO", "HOME"} - NOT_HERE
