"""What Git runs before it takes a push: asks the local Heroku and shows what it says.

Run as a program of its own.  One end of a socket pair comes with it: out go the place of the pushed
objects and the wanted changes, in come lines to show, each after a space, and the verdict.
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
