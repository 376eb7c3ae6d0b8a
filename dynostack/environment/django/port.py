"""The rule that the web process listens on the port that Heroku gives it.

https://devcenter.heroku.com/articles/runtime-principles#web-servers
"""

import ast
import re
from collections.abc import Iterator

from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.django.commands import Call, Word
from dynostack.environment.django.project import Project
from dynostack.environment.django.serving import SOURCE, at, commands, gunicorn_file
from dynostack.environment.django.syntax import parsed

WEB = "web"
LOOPBACK = re.compile(r"(?:\w+://)?(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::|$)")
FIXED = re.compile(r"(?:\w+://)?[^$]*?:?\d{2,5}")
PORT = "$PORT"
RUNSERVER = "runserver"

ADDRESS_OPTIONS = {
    "daphne": (("-b", "--bind"), ("-p", "--port"), f"daphne -b 0.0.0.0 -p {PORT}"),
    "granian": (("--host",), ("--port",), f"granian --host 0.0.0.0 --port {PORT}"),
    "uvicorn": (("--host",), ("--port",), f"uvicorn --host 0.0.0.0 --port {PORT}"),
}
"""A server -> its options for the address and for the port, and how to use them."""
BIND_OPTIONS = {
    "gunicorn": (("-b", "--bind"), f"--bind 0.0.0.0:{PORT}, or no --bind"),
    "hypercorn": (("-b", "--bind"), f"--bind 0.0.0.0:{PORT}"),
    "uwsgi": (("--http", "--http-socket"), f"--http 0.0.0.0:{PORT}"),
    "waitress-serve": (("--listen",), f"--port={PORT}"),
}
"""A server -> its options for the address with the port, and what to write."""
ELSEWHERE = ("--uds", "--fd", "-u", "--unix-socket", "-e", "--endpoint", "--config", "-c")
"""Options that name the address in another way."""
OWN_VARIABLES = ("UVICORN_", "GRANIAN_", "GUNICORN_CMD_ARGS")


def web_uses_its_port(project: Project) -> Iterator[Finding]:
    """Report a web process on a fixed port or a loopback address; Heroku stops it (R10)."""
    variables = project.declared.config_vars
    if project.declared.may_bring_programs or any(n.startswith(OWN_VARIABLES) for n in variables):
        return  # another program, such as nginx, may listen on the port
    found = [(entry, call) for entry, call in commands(project) if entry.type == WEB]
    if len(found) != len([1 for _, call in found if not _is_behind_another(call)]):
        return
    for entry, call in found:
        if wrong := _wrong(project, call):
            word, message, suggestion = wrong
            yield Finding(SOURCE, "DS519", message, suggestion, elsewhere=at(project, entry, word))
            return


def _is_behind_another(call: Call) -> bool:
    return any("/" in each.text for each in call.wrappers) or "nginx" in call.name


def _wrong(project: Project, call: Call) -> tuple[Word, str, str] | None:
    name = call.name
    if name.startswith("python") and RUNSERVER in [each.text for each in call.arguments]:
        return _runserver(call)
    if name in ADDRESS_OPTIONS and not call.options(*ELSEWHERE):
        return _address(call)
    if name == "gunicorn" and not call.options("-b", "--bind"):
        return _configured(project, call)
    if name == "waitress-serve" and not call.options("--listen", *ELSEWHERE):
        return _waitress(call)
    if name in BIND_OPTIONS:
        return _bind(call)
    return None


def _runserver(call: Call) -> tuple[Word, str, str] | None:
    """Judge manage.py runserver, which listens on 127.0.0.1:8000 unless it is told otherwise."""
    index = [each.text for each in call.arguments].index(RUNSERVER)
    words = [each for each in call.arguments[index + 1 :] if not each.text.startswith("-")]
    suggestion = f"gunicorn for production, or runserver 0.0.0.0:{PORT}"
    if not words:
        return call.arguments[index], "web listens on 127.0.0.1:8000, not on $PORT", suggestion
    return _judged(words[0], suggestion, alone="127.0.0.1")


def _address(call: Call) -> tuple[Word, str, str] | None:
    hosts, ports, suggestion = ADDRESS_OPTIONS[call.name]
    host, port = call.options(*hosts)[-1:], call.options(*ports)[-1:]
    if not port:
        return call.program, f"web does not tell {call.name} to listen on {PORT}", suggestion
    if wrong := _judged(port[0], suggestion):
        return wrong
    if not host:
        message = f"{call.name} listens on 127.0.0.1, which only its own dyno reaches"
        return call.program, message, suggestion
    return _judged(host[0], suggestion) if LOOPBACK.match(host[0].text) else None


def _waitress(call: Call) -> tuple[Word, str, str] | None:
    port = call.options("--port")
    if not port:
        return call.program, f"web does not tell {call.name} to listen on {PORT}", f"--port={PORT}"
    return _judged(port[-1], f"--port={PORT}")


def _bind(call: Call) -> tuple[Word, str, str] | None:
    names, suggestion = BIND_OPTIONS[call.name]
    words = call.options(*names)
    if not words:
        if call.options(*ELSEWHERE) or call.name == "uwsgi":
            return None  # a file may name the address
        return call.program, f"{call.name} listens on 127.0.0.1:8000, not on {PORT}", suggestion
    wrong = [_judged(word, suggestion) for word in words]
    return wrong[0] if all(wrong) else None


def _configured(project: Project, call: Call) -> tuple[Word, str, str] | None:
    """Judge the `bind` in gunicorn's configuration file; without one, gunicorn uses $PORT."""
    text = gunicorn_file(project, call, call.folder)
    try:
        tree = parsed(text or "", project.source.python)
    except SyntaxError:
        return None
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="bind")], value=ast.Constant(value=str() as bind)):
                judged = _judged(Word(bind, 0, 0), f'bind = "0.0.0.0:{PORT}" as an f-string')
                if judged:
                    message = f"gunicorn's configuration binds it to {bind}, not to {PORT}"
                    return call.program, message, f"no bind there: gunicorn uses {PORT} by default"
    return None


def _judged(word: Word, suggestion: str, alone: str = "") -> tuple[Word, str, str] | None:
    """Return what is wrong with an address, a port or both."""
    text = word.text
    if text.startswith("fd:"):
        return None
    if text.startswith("unix:"):
        return word, f"web listens on the socket {text}, not on {PORT}", suggestion
    if LOOPBACK.match(text):
        return word, f"web listens on {text}, which only its own dyno reaches", suggestion
    if "$" in text:
        if alone and ":" not in text:
            return word, f"web listens on {alone}, which only its own dyno reaches", suggestion
        return None
    if FIXED.fullmatch(text):
        return word, f"web listens on the fixed port {text}, not on {PORT}", suggestion
    return None


RULES = (web_uses_its_port,)
