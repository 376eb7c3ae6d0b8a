"""How many processes the server of a web dyno starts."""

from dynostack.environment import catalogue
from dynostack.environment.django.commands import Call
from dynostack.environment.django.port import WEB
from dynostack.environment.django.project import Project
from dynostack.environment.django.serving import commands, gunicorn_file

CONCURRENCY = "WEB_CONCURRENCY"
READ_BY = frozenset({"gunicorn", "uvicorn"})
"""The servers that take their number of processes from WEB_CONCURRENCY.
https://docs.gunicorn.org/en/stable/settings.html#workers, https://www.uvicorn.org/settings/"""


def web_processes(project: Project, size: str) -> int:
    """Return how many processes serve a web dyno, or 1 if that is unknown.

    Args:
        project: the environment with its source.
        size: the dyno's size; it sets WEB_CONCURRENCY where the file does not.
    """
    variables = project.declared.config_vars
    if CONCURRENCY in variables:
        return _number(variables[CONCURRENCY] or "")
    if not project.is_there:
        return 1
    for entry, call in commands(project):
        if entry.type == WEB and call.name in READ_BY:
            return _processes(project, call, size)
    return 1


def _processes(project: Project, call: Call, size: str) -> int:
    """Return the processes of one server: its option, or what the buildpack sets."""
    if words := call.options("-w", "--workers"):
        text = words[-1].text
        if CONCURRENCY not in text:
            return _number(text)
    elif _is_configured(project, call):
        return 1
    return catalogue.web_concurrency(size) or 1


def _is_configured(project: Project, call: Call) -> bool:
    """Return whether a file or config var of gunicorn may set the number."""
    text = gunicorn_file(project, call, call.folder) if call.name == "gunicorn" else ""
    return "GUNICORN_CMD_ARGS" in project.declared.config_vars or text is None or "workers" in text


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
