"""Stands for a process that was forked elsewhere: `relay.py SOCKET ARGUMENT...`.

It imports only built-in modules, so that it starts in a hundredth of a second.
"""

import marshal
import os
import signal
import sys
from _socket import AF_UNIX, SCM_RIGHTS, SOCK_STREAM, SOL_SOCKET, socket

MODULES = ("dynostack", "dynostack.provider", "dynostack.toolchain.host")
"""The modules that `python -P -m` runs in a forked process."""
READ_AT_IMPORT = "DYNOSTACK_CATALOGUE"
"""A variable that has no effect on modules that are imported already."""
FORK_SECONDS = 30.0
ORPHAN_CHECK = 1.0
"""Seconds between checks that the parent still runs: the forked process has another parent."""


def main(path: str, words: list[str]) -> None:
    """Let a forked process run the words if it can; otherwise become a Python that runs them."""
    forks = socket(AF_UNIX, SOCK_STREAM)
    is_module = words[:2] == ["-P", "-m"] and words[2] in MODULES
    is_forked = is_module or words[0] == "-u" or words[0].endswith("/dynostack")
    if is_forked and READ_AT_IMPORT not in os.environ:
        try:
            forks.connect(path)
        except OSError:
            pass
        else:
            _relay(forks, words)
    os.execv(sys.executable, [sys.executable, *words])  # noqa: S606 - the words are a command


def _relay(forks: socket, words: list[str]) -> None:
    parent = os.getppid()
    order = marshal.dumps((words, os.getcwd(), dict(os.environ)))  # noqa: PTH109 - pathlib is slow
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in range(3))
    forks.sendmsg([len(order).to_bytes(8)], [(SOL_SOCKET, SCM_RIGHTS, streams)])
    forks.sendall(order)
    forks.settimeout(FORK_SECONDS)
    try:
        process = int.from_bytes(forks.recv(8))
    except TimeoutError:
        # A fork of a process with threads can hang; it ends when it finds the socket closed.
        forks.close()
        return
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda number, _: os.kill(process, number))
    # The forked process has the only copies that are needed, so that readers see its end.
    for number in range(3):
        os.close(number)
    forks.settimeout(ORPHAN_CHECK)
    while os.getppid() == parent:
        try:
            ended = forks.recv(8)
        except TimeoutError:
            continue
        if not ended:
            os.kill(os.getpid(), signal.SIGKILL)
        os._exit(int.from_bytes(ended))
    os._exit(1)


main(sys.argv[1], sys.argv[2:])
