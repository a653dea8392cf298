"""Originals of library articles."""

from pathlib import Path

import pytest

from healthmate_desktop.errors import NotFound
from healthmate_desktop.index.files import LibraryFiles

pytestmark = pytest.mark.unit


def test_original_comes_back_byte_for_byte_and_goes_for_good(tmp_path: Path) -> None:
    files = LibraryFiles(tmp_path / "files")
    files.put("a", b"%PDF one")
    files.put("a", b"%PDF two")
    assert files.get("a") == b"%PDF two"
    files.remove("a")
    files.remove("a")
    assert list((tmp_path / "files").iterdir()) == []
    with pytest.raises(NotFound, match="add it again"):
        files.get("a")


def test_the_size_of_each_file_is_told(tmp_path: Path) -> None:
    files = LibraryFiles(tmp_path / "files")
    assert files.sizes() == {}
    files.put("a.1", b"%PDF one")
    assert files.sizes() == {"a.1": 8}


def test_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    files = LibraryFiles(tmp_path)
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError, match="directory"):
        files.put("a", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
