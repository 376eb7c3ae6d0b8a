"""pip's settings, translated for uv."""

from __future__ import annotations

from pathlib import Path

import pytest

from localheroku.core import pip_settings


def test_the_index_is_the_one_of_pip(tmp_path: Path) -> None:
    lines = [
        "global.index-url='https://old.example/simple'",
        "global.extra-index-url='https://a.example/simple\\nhttps://b.example/simple'",
        "global.timeout='60'",
        "list.format='columns'",
        "install.index-url='https://new.example/simple'",
        ":env:.cert='/certificates.pem'",
        f":env:.find-links='{tmp_path} {tmp_path}/missing https://c.example/'",
        ":env:.trusted-host='new.example'",
    ]
    assert pip_settings.for_uv(lines, "") == {
        "UV_DEFAULT_INDEX": "https://new.example/simple",
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "SSL_CERT_FILE": "/certificates.pem",
        "UV_FIND_LINKS": f"{tmp_path} https://c.example/",
        "UV_INSECURE_HOST": "new.example",
    }


def test_the_apps_own_index_replaces_the_developers() -> None:
    settings = pip_settings.for_uv(
        [":env:.extra-index-url='https://a.example'"], "https://b.example"
    )
    assert settings == {"UV_INDEX": "https://b.example"}


@pytest.mark.parametrize("name", ["no-index", "no-binary", "pre", "constraint", "client-cert"])
def test_a_setting_without_a_counterpart_is_left_to_pip(name: str) -> None:
    assert pip_settings.for_uv([f"global.{name}='1'"], "") is None
