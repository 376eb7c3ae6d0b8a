"""SASL for memcached: its credentials, and a client's login.

MemCachier's servers use the binary protocol with SASL's mechanism PLAIN. Debian's memcached
supports that, too, but leaves the passwords to Cyrus SASL: a database created by `saslpasswd2`.
https://github.com/memcached/memcached/wiki/SASLHowto
"""

from __future__ import annotations

import asyncio
import socket
import struct
import subprocess
from typing import TYPE_CHECKING

from localheroku.addons.ports import HOST
from localheroku.core.addon_service import MissingProgram, ServiceFailed
from localheroku.core.programs import SYSTEM_FOLDERS, find

if TYPE_CHECKING:
    from pathlib import Path

MEMCACHED, SASLPASSWD = PROGRAMS = ("memcached", "saslpasswd2")
INSTALL = (
    "install it with `apt-get install memcached sasl2-bin libsasl2-modules` (Debian, Ubuntu) "
    "or `brew install memcached` (macOS)"
)

DATABASE = "sasldb2"
CONFIGURATION = f"""\
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {DATABASE}
mech_list: PLAIN
"""

# https://docs.memcached.org/protocols/binary/
REQUEST, HEADER_BYTES, SASL_AUTH = 0x80, 24, 0x21
ACCEPTED = 0
RESPONSE_SECONDS = 1.0


def program(name: str) -> str:
    """Return the path of a program on this machine.

    Raises:
        MissingProgram: it is not installed.
    """
    path = find(name, SYSTEM_FOLDERS)
    if path is None:
        raise MissingProgram(f"{name} is not installed: {INSTALL}")
    return path


def write_credentials(folder: Path, username: str, password: str) -> None:
    """Create one user's credentials in `folder`, memcached's working folder and SASL_CONF_PATH.

    Write them at each start: they contain the host's name, which may have changed.
    """
    database = folder / DATABASE
    database.unlink(missing_ok=True)
    (folder / "memcached.conf").write_text(CONFIGURATION)
    realm = ["-u", socket.gethostname()]
    result = subprocess.run(
        [program(SASLPASSWD), "-p", "-c", "-a", "memcached", "-f", database, *realm, username],
        input=password,  # never on the command line, which everybody can read
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise ServiceFailed(f"saslpasswd2 could not write {database}: {result.stderr.strip()}")
    database.chmod(0o600)


async def can_log_in(port: int, username: str, password: str) -> bool:
    """Return whether the memcached at a port accepts this user; False if nothing answers."""
    try:
        async with asyncio.timeout(RESPONSE_SECONDS):
            answer = await _exchange(port, _plain_request(username, password))
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False
    status: int = struct.unpack_from(">H", answer, 6)[0]
    return status == ACCEPTED


async def _exchange(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(request)
        return await reader.readexactly(HEADER_BYTES)
    finally:
        writer.close()


def _plain_request(username: str, password: str) -> bytes:
    mechanism, credentials = b"PLAIN", f"\0{username}\0{password}".encode()
    body = mechanism + credentials
    header = struct.pack(">BBHBBHIIQ", REQUEST, SASL_AUTH, len(mechanism), 0, 0, 0, len(body), 0, 0)
    return header + body
