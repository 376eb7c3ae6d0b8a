"""Time and memory of a review of 52 stacks at once, beside `terraform plan` of the same 52 apps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import click
import psutil

from benchmarks.measure import Comparison, seconds
from benchmarks.review import dynostack
from benchmarks.terraform import Terraform, is_installed
from tests.e2e.rehearsal import Rehearsal

STACKS = 52
AT_ONCE = 4
CALL_SECONDS = 0.15
"""How long each call of the API takes, as one of the real Heroku does."""
LIMIT_MEGABYTES = 220
SAMPLE_SECONDS = 0.25
ENVIRONMENT = """\
config:
  shop:account: ops@acme.example
  shop:app: {{ name: {name}, region: us, stack: heroku-24, configVars: {{ GREETING: hello }} }}
  shop:postgres: {{ plan: essential-0 }}
  shop:collaborators: [{{ email: dev@acme.example }}]
"""


def measure(rehearsal: Rehearsal, runs: int) -> Iterator[Comparison]:
    """Compare the review with Terraform, with one stack after another, and with its limit."""
    fleet = Rehearsal(rehearsal.directory.with_name("fleet") / "shop")
    try:
        yield from _measured(fleet)
    finally:
        fleet.end()


def _measured(fleet: Rehearsal) -> Iterator[Comparison]:
    names = [f"fleet-{number:02}" for number in range(STACKS)]
    create(fleet, names)
    terraform = Terraform(fleet.directory.with_name("terraform"), fleet.world, [])
    if is_installed():
        terraform = Terraform(terraform.folder, fleet.world, [f"tf-{name}" for name in names])
        terraform.create(AT_ONCE)
    else:
        click.echo("not compared with terraform: it or its provider is not on PATH", err=True)
    name = f"dynostack review --all -j {AT_ONCE}, {STACKS} stacks at {CALL_SECONDS * 1000:.0f} ms"
    with slow_calls(fleet), sampled() as totals:
        together = seconds(lambda: dynostack(fleet, "review", "--all", "-j", str(AT_ONCE)))
    share = max(totals) / AT_ONCE
    yield Comparison(f"{name}, memory of a job", "MB", "the limit", [share], [LIMIT_MEGABYTES])
    with slow_calls(fleet), sampled() as totals:
        if terraform.names:
            plans = seconds(lambda: terraform.plan(AT_ONCE))
            beside = f"terraform plan, {AT_ONCE} at a time"
            yield Comparison(name, "s", beside, [together], [plans])
        alone = seconds(lambda: dynostack(fleet, "review", "--all", "-j", "1"))
    yield Comparison(name, "s", "one stack after another", [together], [alone])
    beside = "one stack at a time"
    yield Comparison(f"{name}, memory of a job", "MB", beside, [share], [max(totals)])


def create(fleet: Rehearsal, names: list[str]) -> None:
    """Bring up the stacks, which have no files of other stacks beside them."""
    for file in fleet.directory.glob("Pulumi.*.yaml"):
        file.unlink()
    for command in (["toolchain"], ["local", "start"]):
        done = fleet.dynostack(*command)
        if done.exit_code != 0:
            raise RuntimeError(done.output)
    for name in names:
        (fleet.directory / f"Pulumi.{name}.yaml").write_text(ENVIRONMENT.format(name=name))

    def up(name: str) -> None:
        for command in (("stack", "init", name, "--no-select"), ("up", "-s", name, "--yes")):
            done = fleet.pulumi(*command)
            if done.exit_code != 0:
                raise RuntimeError(done.output)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(up, names))


@contextmanager
def slow_calls(fleet: Rehearsal) -> Iterator[None]:
    """Let each call of the API take as long as on the real Heroku within the context."""
    fault = {"kind": "latency", "options": {"seconds": CALL_SECONDS}}
    fleet.server.control("POST", "/faults", fault)
    try:
        yield
    finally:
        fleet.server.control("DELETE", "/faults")


@contextmanager
def sampled() -> Iterator[list[float]]:
    """Measure the memory of all jobs together, within the context.

    Yields:
        The total of each sample, in MB.
    """
    totals: list[float] = [0.0]
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            totals.append(sum(map(_megabytes, _jobs())))

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        yield totals
    finally:
        ended.set()
        sampler.join()


def _jobs() -> list[psutil.Process]:
    """Return the processes that review one stack each."""
    return [
        job
        for command in psutil.Process().children()
        if command.cmdline()[-4:-2] == ["review", "--all"]
        for job in command.children()
    ]


def _megabytes(job: psutil.Process) -> float:
    """Return the memory of a process and of all that it started.

    A page that several processes share, such as one of the engine's program, counts in parts.
    """
    total = 0
    with suppress(psutil.NoSuchProcess):
        for process in (job, *job.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                memory = process.memory_full_info()
                total += getattr(memory, "pss", memory.uss)  # only Linux knows shared pages
    return total / 1_000_000
