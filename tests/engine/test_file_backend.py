"""Tests of what a killed engine leaves in a state folder; tests/review/test_apply.py kills one."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from dynostack.engine.file_backend import StateFolder


def folder_in(path: Path) -> StateFolder:
    folder = StateFolder.of_engine(path, {"PULUMI_BACKEND_URL": path.as_uri()})
    assert folder is not None
    (folder.path / "stacks/shop").mkdir(parents=True)
    return folder


@pytest.mark.parametrize("address", ["", "https://api.pulumi.com", "s3://acme-state"])
def test_a_service_has_no_state_folder(address: str) -> None:
    assert StateFolder.of_engine(Path(), {"PULUMI_BACKEND_URL": address}) is None


def test_a_folder_is_found_by_its_address(tmp_path: Path) -> None:
    folder = folder_in(tmp_path / "with a space")
    assert folder.path == tmp_path / "with a space/.pulumi"


@pytest.mark.parametrize("text", ["", '{"user.content_type": "text/pl'])
def test_attributes_that_were_being_written_are_removed(tmp_path: Path, text: str) -> None:
    folder = folder_in(tmp_path)
    (folder.path / "stacks/shop/prod.json.attrs").write_text(text)
    (folder.path / "stacks/shop/prod.json").write_text("")
    folder.repair_attributes()
    assert [file.name for file in (folder.path / "stacks/shop").iterdir()] == ["prod.json"]


def test_attributes_that_can_be_read_stay(tmp_path: Path) -> None:
    folder = folder_in(tmp_path)
    whole = folder.path / "stacks/shop/prod.json.attrs"
    whole.write_text('{"user.content_type": "text/plain"}\n')
    folder.repair_attributes()
    assert whole.exists()


def test_a_lock_that_is_released_during_the_search_is_ignored(tmp_path: Path) -> None:
    folder = folder_in(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    locks = folder.path / "locks/organization/shop/prod"
    locks.mkdir(parents=True)
    (locks / "lock.json").symlink_to("given-back")
    assert folder.locks(tmp_path, "prod") == ()


@pytest.mark.parametrize("name", ["prod", "acme/prod", "organization/shop/prod"])
def test_a_stack_is_found_by_each_of_its_names(tmp_path: Path, name: str) -> None:
    folder = folder_in(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    locks = folder.path / "locks/organization/shop/prod"
    locks.mkdir(parents=True)
    (locks / "lock.json").write_text("{")
    (folder.path / "stacks/shop/prod.json").write_text("")
    assert [lock.id for lock in folder.locks(tmp_path, name)] == ["lock"]
    assert folder.damage(tmp_path, name)
    assert folder.damage(tmp_path, "organization/blog/prod") is None
    assert folder.locks(tmp_path, "organization/blog/prod") == ()


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_interrupted_operations_are_in_a_compressed_state_too(tmp_path: Path, suffix: str) -> None:
    folder = folder_in(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    pending = {"type": "creating", "resource": {"urn": "urn:pulumi:prod::shop::any::postgres"}}
    state = {"checkpoint": {"latest": {"pending_operations": [pending]}}}
    text = json.dumps(state).encode()
    file = folder.path / f"stacks/shop/prod.json{suffix}"
    file.write_bytes(gzip.compress(text) if suffix else text)
    assert folder.pending(tmp_path, "prod") == ["creating postgres"]
    if suffix:
        file.write_bytes(file.read_bytes()[:-9])
        assert folder.pending(tmp_path, "prod") == []
