"""Running a plugin that is a Python program, such as a policy pack, for the engine."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

from dynostack.protocol import language_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .preforked_python import WarmProcess

Stream = Literal["stdout", "stderr"]


class PluginProcess:
    """A running plugin, whose output and exit code become messages for the engine."""

    def __init__(
        self, request: language_pb2.RunPluginRequest, warm: WarmProcess | None = None
    ) -> None:
        """Start the plugin, in the warm process if there is one."""
        program = str(Path(request.info.program_directory, request.info.entry_point or "."))
        env = dict(entry.split("=", 1) for entry in request.env)
        self._process: subprocess.Popen[bytes] | WarmProcess
        if warm:
            warm.run(program, list(request.args), request.pwd, env)
            self._process = warm
        else:
            # Unbuffered: the engine waits for the port that the plugin prints first.
            self._process = subprocess.Popen(
                [sys.executable, "-u", program, *request.args],
                cwd=request.pwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        self._output: queue.SimpleQueue[language_pb2.RunPluginResponse] = queue.SimpleQueue()
        self._readers = [
            self._reader("stdout", self._process.stdout),
            self._reader("stderr", self._process.stderr),
        ]
        threading.Thread(target=self._collect, daemon=True).start()

    def responses(self) -> Iterator[language_pb2.RunPluginResponse]:
        """Yield a message for each line as it is printed, then one for the exit code."""
        while (response := self._output.get()).WhichOneof("output") != "exitcode":
            yield response
        yield response

    def end(self) -> None:
        """Stop the plugin if it runs."""
        self._process.terminate()

    def _reader(self, name: Stream, stream: IO[bytes] | None) -> threading.Thread:
        if stream is None:
            raise RuntimeError(f"the plugin's {name} was not opened as a pipe")
        thread = threading.Thread(target=self._forward, args=(name, stream), daemon=True)
        thread.start()
        return thread

    def _forward(self, name: Stream, stream: IO[bytes]) -> None:
        with stream:
            for line in stream:
                self._output.put(
                    language_pb2.RunPluginResponse(stdout=line)
                    if name == "stdout"
                    else language_pb2.RunPluginResponse(stderr=line)
                )

    def _collect(self) -> None:
        """Wait for the plugin's end and report its exit code.

        This also reaps a plugin whose responses are not read because the engine has canceled the
        call.
        """
        for reader in self._readers:
            reader.join()
        self._output.put(language_pb2.RunPluginResponse(exitcode=self._process.wait()))
