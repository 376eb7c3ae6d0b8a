"""Examination of many stacks by several processes.

Each process reads a share of the files.  The names in all shares are compared, so each process
waits for the names of the others before it examines its stacks.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from dynostack.environment.source.examined import Examined
from dynostack.environment.source.project_folder import ProjectFolder, StacksOfNames

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

FEWEST = 100
"""Minimum number of stacks for each process: examining fewer is faster than starting a process."""


def processes_for(stacks: int) -> int:
    """Return how many processes examine a number of stacks fastest."""
    if sys.platform != "linux":
        return 1  # the system's libraries may not survive a fork
    return max(1, min(len(os.sched_getaffinity(0)), stacks // FEWEST))


def shared(
    processes: int, folder: ProjectFolder, examine: Callable[[str], Examined]
) -> Iterator[Examined]:
    """Examine all stacks of a folder in several processes; yield each without its environment.

    Args:
        processes: the number of processes.
        folder: the project's folder, which also records the exemptions that the processes found
            and needed.
        examine: examines a stack of the folder.
    """
    # Imported late: few projects have that many stacks.
    from multiprocessing import get_context

    context = get_context("fork")
    size = -(-len(folder.stacks) // processes)
    shares = [folder.stacks[at : at + size] for at in range(0, len(folder.stacks), size)]
    pipes = [context.Pipe() for _ in shares]
    workers = [
        context.Process(target=_work, args=(share, folder, examine, end), daemon=True)
        for share, (_, end) in zip(shares, pipes, strict=True)
    ]
    folder.stacks_of_names_in(folder.stacks[:1])  # imports the project's model once for all
    for worker, (_, end) in zip(workers, pipes, strict=True):
        worker.start()
        end.close()
    stacks_of_names: StacksOfNames = {}
    for here, _ in pipes:
        for name, stacks in here.recv().items():
            stacks_of_names.setdefault(name, []).extend(stacks)
    for here, _ in pipes:
        here.send(stacks_of_names)
    for here, _ in pipes:
        examined, folder_marked, needed = here.recv()
        folder.marked |= folder_marked
        folder.exemptions.needed |= needed
        yield from examined


def _work(
    share: list[str],
    folder: ProjectFolder,
    examine: Callable[[str], Examined],
    end: "Connection",
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends silently: the parent reports the interrupt
    end.send(folder.stacks_of_names_in(share))
    folder.stacks_of_names = end.recv()
    examined = [examine(stack)._replace(environment=None) for stack in share]
    end.send((examined, folder.marked, folder.exemptions.needed))
