"""Heroku's Python buildpack.

https://github.com/heroku/heroku-buildpack-python (bin/compile, v351)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localheroku.dynos import (
    collectstatic,
    hooks,
    package_manager,
    python_version,
    required_python,
)
from localheroku.dynos.buildpacks import python_environment
from localheroku.dynos.buildpacks.buildpack import Buildpack, Compilation
from localheroku.dynos.interpreters import Interpreters
from localheroku.dynos.packages import PackageEnvironments
from localheroku.dynos.slug_layout import ENVIRONMENT
from localheroku.dynos.source import check_no_venv

if TYPE_CHECKING:
    from pathlib import Path

    from localheroku.dynos.package_manager import PackageManager
    from localheroku.dynos.process_registry import ProcessRegistry

CORPORA = "nltk.txt"


class PythonBuildpack(Buildpack):
    """Installs a Python and the app's packages; collects Django's static files."""

    name = python_environment.NAME
    title = "Python"
    repositories = ("heroku/heroku-buildpack-python",)
    dyno_variables = staticmethod(python_environment.dyno_variables)

    def __init__(self, data: Path, registry: ProcessRegistry) -> None:
        super().__init__(data, registry)
        self._interpreters = Interpreters(registry)
        self._packages = PackageEnvironments(data / "environments", data / "tools", registry)

    def detects(self, app: Path) -> bool:
        return package_manager.is_python(app)

    def check(self, app: Path) -> None:
        if not hooks.present(app):  # a hook may still write the files
            package_manager.of_source(app)

    async def compile(self, build: Compilation) -> None:
        app, cache = build.app, build.context.cache

        def env(manager: PackageManager | None = None) -> dict[str, str]:
            python = (build.folders.slug / ENVIRONMENT).resolve()
            return build.environment(
                python_environment.build_variables(python, build.exported, manager)
            )

        await hooks.run(hooks.PRE_COMPILE, app, env(), build.on_line, build.registry)
        manager = package_manager.of_source(app)
        check_no_venv(app)
        interpreter = await self._interpreters.interpreter(
            python_version.requested(app, manager, build.on_line),
            required_python.accepted(app, manager),
            build.on_line,
            cache,
        )
        packages = await self._packages.environment(
            app, manager, interpreter, build.context.config_vars, build.on_line, cache
        )
        python = packages.resolve()
        (build.folders.slug / ENVIRONMENT).symlink_to(python)
        if (app / CORPORA).is_file():
            build.warn(f"{CORPORA} has no effect here: on Heroku, NLTK downloads its corpora")
        await collectstatic.collect(app, env(manager), build.on_line, build.registry)
        await hooks.run(hooks.POST_COMPILE, app, env(manager), build.on_line, build.registry)
        build.exported |= python_environment.build_variables(python, build.exported, manager)

    def prune(self, slugs: Path) -> None:
        self._packages.prune({link.resolve() for link in slugs.glob(f"*/{ENVIRONMENT}")})
