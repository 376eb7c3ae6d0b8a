"""Where root's database servers are, used by several local Herokus at once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from localheroku.addons import public_copies
from localheroku.addons.postgres import installation

if os.geteuid() == 0:

    def test_a_cluster_names_its_owner_at_every_moment(tmp_path: Path) -> None:
        """Check that a cluster always names its owner, as an orphan's server would be stopped."""
        origin = installation.prepare(tmp_path, "18").cluster.with_name(installation.ORIGIN)
        with ThreadPoolExecutor(1) as pool:
            preparing = pool.submit(
                lambda: [installation.prepare(tmp_path, "18") for _ in range(200)]
            )
            while not preparing.done():
                assert origin.read_text() == str(tmp_path / "cluster")
            preparing.result()
        installation.leave(tmp_path)

    def test_the_first_two_at_once_share_one_copy_of_the_programs(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(public_copies, "ROOT_FOLDER", tmp_path / "shelters")
        with ThreadPoolExecutor(2) as pool:
            one, other = pool.map(
                lambda name: installation.prepare(tmp_path / name, "18"), ("one", "other")
            )
        assert one.programs == other.programs
        assert (one.programs / "postgres").exists()
        assert not list(public_copies.ROOT_FOLDER.glob(".*"))
