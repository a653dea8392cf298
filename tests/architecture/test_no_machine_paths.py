"""Nothing in the project names the computer it was written on, or an address to fetch packages from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.unit, pytest.mark.security]

NOT_OURS = re.compile(
    r"__pycache__|\.git|\.venv|\.\w+_cache|\.hypothesis|models|build|dist|.*\.egg-info"
)
# Jane is nobody: the made-up person of tests that must see a path
PLACES = re.compile(
    r"""(?<![\w.:/<-])(?:/home/(?!jane/)\w|/root/\w|/Users/\w|/work/\w|/tmp/\w|/var/tmp/\w|/mnt/\w|/opt/\w|/private/\w)"""
    r"""|\b[A-Z]:\\+Users\\""",
)
ADDRESSES = re.compile(
    r"pypi[.]org|pythonhosted[.]|download[.]pytorch|registry[.]npmjs|crates[.]io|deb[.]debian|archive[.]ubuntu"
    r"|proxy[.]golang|--(?:extra-)?index-url|--find[-]links|^\s*-[if]\s+(?:https?|file):",
    re.MULTILINE,
)


def our_files(folder: Path = ROOT) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if NOT_OURS.fullmatch(path.name):
            continue
        if path.is_dir():
            yield from our_files(path)
        elif not path.name.startswith(".coverage"):
            yield path


@pytest.mark.parametrize("pattern", [PLACES, ADDRESSES], ids=["places", "addresses"])
def test_project_names_no_machine_and_no_registry(pattern: re.Pattern[str]) -> None:
    found = []
    for path in our_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    assert not found


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (PLACES, "open('/" + "home/someone/file')"),
        (PLACES, "path = /" + "tmp/x"),
        (PLACES, "C:" + r"\Users\someone"),
        (ADDRESSES, "https://" + "pypi" + ".org/simple"),
        (ADDRESSES, "pip install --" + "index-url"),
    ],
)
def test_patterns_see_what_they_are_for(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)
