"""Git's pre-receive hook: asks the local Heroku about a push and shows its output.

It runs as a separate program and inherits one end of a socket pair. It sends the folder of the
pushed objects and the requested changes; it receives lines to show, each after a space, and the
verdict.
"""

import os
import socket
import sys

CHANNEL = "DYNOSTACK_PUSH"
ACCEPTED = b"accepted\n"
DECLINED = b"declined\n"


def main() -> int:
    with socket.socket(fileno=int(os.environ[CHANNEL])) as channel:
        channel.sendall(os.fsencode(os.environ.get("GIT_QUARANTINE_PATH", "")) + b"\n")
        channel.sendall(sys.stdin.buffer.read())
        channel.shutdown(socket.SHUT_WR)
        with channel.makefile("rb") as lines:
            for line in lines:
                if line.startswith(b" "):
                    sys.stdout.buffer.write(line[1:])
                    sys.stdout.buffer.flush()
                else:
                    return 0 if line == ACCEPTED else 1
    return 1


if __name__ == "__main__":
    sys.exit(main())
