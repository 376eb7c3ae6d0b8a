"""Leave what a killed engine leaves in a state: its lock, and interrupted operations."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.recover.world import STACK, Crashing


def file_of(world: Crashing) -> Path:
    return world.state_file(STACK)


def lock(world: Crashing, host: str, process: int = 999_999_999, identity: str = "0a1b") -> str:
    """Write the lock of an engine, as engines do, and return its id."""
    folder = world.world.state / f".pulumi/locks/organization/shop/{STACK}"
    folder.mkdir(parents=True, exist_ok=True)
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    document = {"pid": process, "username": "dev", "hostname": host, "timestamp": since}
    (folder / f"{identity}.json").write_text(json.dumps(document))
    return identity


def edit(world: Crashing, **changes: Any) -> None:
    """Change the deployment in the state file."""
    document = json.loads(file_of(world).read_text())
    document["checkpoint"]["latest"] |= changes
    file_of(world).write_text(json.dumps(document))


def make_pending(world: Crashing, time: datetime, *names: str) -> list[dict[str, Any]]:
    """Turn resources in the state into interrupted creations; return the resources."""
    deployment = json.loads(file_of(world).read_text())["checkpoint"]["latest"]
    found = [
        each
        for each in deployment["resources"]
        if each["urn"].rpartition("::")[2] in names and each["custom"]
    ]
    assert len(found) == len(names)
    pending = [
        {key: value for key, value in each.items() if key not in ("id", "outputs")}
        for each in found
    ]
    edit(
        world,
        resources=[each for each in deployment["resources"] if each not in found],
        pending_operations=[{"type": "creating", "resource": each} for each in pending],
        manifest={**deployment["manifest"], "time": time.isoformat()},
    )
    return found
