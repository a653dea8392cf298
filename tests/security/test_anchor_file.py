"""The anchor outside the folder: kept whole, private, and never in anyone's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.domain.ids import new_id
from healthmate_desktop.domain.keys import Anchor
from healthmate_desktop.security.anchor_file import AnchorFile

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.security, pytest.mark.unit]

ANCHOR = Anchor(41, "ab" * 32)


def test_what_was_saved_last_is_found(tmp_path: Path) -> None:
    vault_id = new_id()
    AnchorFile(tmp_path, vault_id).save(Anchor(1, "cd" * 32))
    AnchorFile(tmp_path, vault_id).save(ANCHOR)
    assert AnchorFile(tmp_path, vault_id).load() == ANCHOR
    assert AnchorFile(tmp_path, new_id()).load() is None
    (file,) = (tmp_path / "anchors").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b'{"seq": 1}', b'{"seq": "1", "mac": "' + b"ab" * 32 + b'"}',
        b'{"seq": 1, "mac": "xyz"}', b'{"seq": true, "mac": "' + b"ab" * 32 + b'"}', b"[" * 5000, b"\xff" * 9,
    ],
)  # fmt: skip
def test_a_damaged_file_counts_as_none(tmp_path: Path, content: bytes) -> None:
    anchors = AnchorFile(tmp_path, "v")
    anchors.save(ANCHOR)
    (tmp_path / "anchors" / "v.json").write_bytes(content)
    assert anchors.load() is None


def test_a_place_that_takes_no_files_keeps_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "anchors").write_text("in the way", encoding="utf-8")
    anchors = AnchorFile(tmp_path, "v")
    anchors.save(ANCHOR)
    assert anchors.load() is None


def test_a_name_with_a_path_in_it_stays_in_its_folder(tmp_path: Path) -> None:
    AnchorFile(tmp_path / "state", "../../outside").save(ANCHOR)
    assert [path.name for path in tmp_path.rglob("*.json")] == ["unnamed.json"]
    assert (tmp_path / "state" / "anchors" / "unnamed.json").is_file()
