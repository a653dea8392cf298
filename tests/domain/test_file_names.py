"""Names of files that any computer can unpack, each once, and none of which leads out of its folder."""

from __future__ import annotations

import pytest

from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.domain.file_names import LONGEST, safe_name, unique_names

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("labs.pdf", "labs.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x\\y.txt", "C__x_y.txt"),
        ("  .hidden. ", "hidden"),
        ("a\x00b\u202egpj.exe", "abgpj.exe"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("console.txt", "console.txt"),
        ("", "document"),
        ("...", "document"),
        ("Ärztin 病院.pdf", "Ärztin 病院.pdf"),
        ("half \ud800", "half _"),
    ],
)
def test_a_name_is_a_name_and_no_path(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_long_name_is_cut_before_its_suffix() -> None:
    name = safe_name("病" * 200 + ".pdf")
    assert name.endswith("病.pdf")
    assert len(name.encode()) <= LONGEST


def test_a_name_without_suffix_gets_that_of_its_kind() -> None:
    assert safe_name("Blood test", DocumentKind.PDF) == "Blood test.pdf"
    assert safe_name("labs.PDF", DocumentKind.PDF) == "labs.PDF"
    assert safe_name("photo", DocumentKind.IMAGE) == "photo"


def test_names_that_are_met_again_are_numbered_whatever_their_case() -> None:
    names = ["a.pdf", "A.PDF", "a.pdf", "a (2).pdf", "manifest.csv", "\ufb01le", "file"]
    assert unique_names(names, ["manifest.csv"]) == [
        *("a.pdf", "A (2).PDF", "a (3).pdf", "a (2) (2).pdf", "manifest (2).csv"),
        *("\ufb01le", "file (2)"),
    ]
