"""Small repositories with Django projects, for the tests of `dynostack new`."""

from __future__ import annotations

import subprocess
from pathlib import Path

MANAGE = """\
import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{settings}")
execute_from_command_line(sys.argv)
"""
WSGI = """\
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{settings}")
application = get_wsgi_application()
"""
SETTINGS = """\
ROOT_URLCONF = "blog.urls"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_URL = "static/"
STATIC_ROOT = "static"
"""
PROCFILE = (
    "release: python manage.py migrate\nweb: gunicorn blog.wsgi\nworker: python manage.py work\n"
)


def write(root: Path, files: dict[str, str], *, with_git: bool = True) -> Path:
    """Write files, and make the folder a Git repository."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    if with_git:
        subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    return root


def django(folder: str = "", settings: str = "blog.settings", **more: str) -> dict[str, str]:
    """Return the files of a Django project; a name's __ stands for a slash in more of them."""
    package, module = settings.partition(".")[0], settings.replace(".", "/")
    files = {
        "manage.py": MANAGE.format(settings=settings),
        f"{package}/__init__.py": "",
        f"{package}/wsgi.py": WSGI.format(settings=settings),
        f"{module}.py": SETTINGS,
        **{name.replace("__", "/") + ".py": text for name, text in more.items()},
    }
    return {f"{folder}{name}": text for name, text in files.items()}


DEPLOYABLE = {
    **django(),
    "Procfile": PROCFILE,
    "requirements.txt": "django==5.2.19\ngunicorn==27.0.1\ncelery==5.5\n",
}
"""The files of a Django project that Heroku can build."""
SERVED = {
    **DEPLOYABLE,
    "blog/settings.py": f'import os\n\nSECRET_KEY = os.environ["BLOG_SECRET"]\n{SETTINGS}',
    "requirements.txt": "# none\n",
    "Procfile": "web: python -m http.server $PORT\n",
    ".gitignore": "*.log\n",
}
"""The files of a project that is built without any package."""
