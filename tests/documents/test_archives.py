"""ZIP files: every file inside comes or is named with the reason, and what is one document is told as one."""

from __future__ import annotations

import contextlib
import random
import struct
import zipfile

import pytest
from honest_files import word, workbook, zipped

from healthmate_desktop.documents import archives
from healthmate_desktop.documents.archives import Archive, Inside, inside, members, refuse_unread
from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.errors import DocumentError, UnreadableDocument, UnsupportedDocument

pytestmark = pytest.mark.security


def test_files_come_in_their_order_and_folders_do_not() -> None:
    content = zipped([("letters/", b""), ("letters/one.txt", b"One"), ("two.txt", b"Two" * 1000)])
    assert list(members(content)) == [("letters/one.txt", b"One"), ("two.txt", b"Two" * 1000)]
    assert list(members(zipped([("a", b"x")], zipfile.ZIP_STORED))) == [("a", b"x")]


def test_files_of_archives_inside_come_too() -> None:
    inner = zipped([("a.txt", b"A"), ("a.txt ", b"B")])
    assert list(members(zipped([("inner.zip", inner), ("c.txt", b"C")]))) == [
        ("inner.zip/a.txt", b"A"),
        ("inner.zip/a (2).txt", b"B"),
        ("c.txt", b"C"),
    ]


def test_documents_that_are_archives_are_one_file() -> None:
    letter = word("<w:p/>")
    assert list(members(zipped([("letter.docx", letter)]))) == [("letter.docx", letter)]


def test_one_broken_file_is_named_and_the_others_come() -> None:
    content = bytearray(zipped([("a.txt", b"A" * 50), ("b.txt", b"B" * 50)], zipfile.ZIP_STORED))
    content[content.index(b"A" * 50)] ^= 1
    broken, good = members(bytes(content))
    assert isinstance(broken, Problem)
    assert (broken.where, "damaged" in broken.message) == ("a.txt", True)
    assert good == ("b.txt", b"B" * 50)


def test_a_broken_archive_inside_is_named() -> None:
    (problem,) = members(zipped([("a.zip", b"PK\x03\x04 no archive")]))
    assert isinstance(problem, Problem)
    assert "damaged" in problem.message


def test_locked_files_are_named() -> None:
    content = bytearray(zipped([("secret.txt", b"x" * 30)], zipfile.ZIP_STORED))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    (problem,) = members(bytes(content))
    assert isinstance(problem, Problem)
    assert "password" in problem.message


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Lab results.txt", "Lab results.txt"),
        ("Größe.txt", "Größe.txt"),
        ("folder\\letter.txt", "folder/letter.txt"),
        ("letter\u202etxt.exe", "lettertxt.exe"),
        ("\u200b", "a file without a name"),
    ],
)
def test_names_are_fit_to_show(stored: str, shown: str) -> None:
    assert list(members(zipped([(stored, b"x")]))) == [(shown, b"x")]


def test_names_in_utf_8_that_do_not_say_so_are_read() -> None:
    content = zipped([("GxxxBe.txt", b"x")]).replace(b"GxxxBe", "Gröe".encode() + b"1")
    assert next(members(content)) == ("Gröe1.txt", b"x")
    content = zipped([("GxBe.txt", b"x")]).replace(b"GxBe", b"Gr\x94e")  # as DOS wrote it
    assert next(members(content)) == ("Gröe.txt", b"x")


def test_a_file_without_a_name_is_read() -> None:
    content = bytearray(zipped([("a", b"x")], zipfile.ZIP_STORED))
    listed = content.index(b"PK\x01\x02")
    content[listed + 28 : listed + 30] = b"\0\0"  # the length of its name, in the list
    content[listed + 30 : listed + 32] = b"\x01\0"  # the letter is something else then
    (problem,) = members(bytes(content))
    assert isinstance(problem, Problem)
    assert problem.where == "a file without a name"


def test_what_systems_leave_in_archives_is_not_shown() -> None:
    litter = ["__MACOSX/._a.txt", "._b", "x/.DS_Store", "Thumbs.db", "y/desktop.ini"]
    assert list(members(zipped((name, b"x") for name in litter))) == []


def test_names_do_not_repeat_and_long_ones_are_shortened_where_they_are_told() -> None:
    content = zipped([("a1", b"1"), ("a2", b"2"), ("a3", b"3")])
    content = content.replace(b"a2", b"a1").replace(b"a3", b"a1")
    assert [each[0] for each in members(content) if isinstance(each, tuple)] == [
        "a1",
        "a1 (2)",
        "a1 (3)",
    ]
    (problem,) = members(zipped([("/" + "long" * 50, b"x")]))
    assert isinstance(problem, Problem)
    assert len(problem.where) == 40


def test_limits_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped([("a.txt", b"x" * 50), ("b.txt", b"x" * 60)])
    monkeypatch.setattr(archives, "LARGEST_TOTAL", 100)
    with pytest.raises(UnreadableDocument, match="1 GB"):
        list(members(content))
    monkeypatch.setattr(archives, "MOST_ENTRIES", 1)
    with pytest.raises(UnreadableDocument, match="10,000"):
        list(members(content))
    monkeypatch.setattr(archives, "_MOST_SIGNATURES", 1)
    with pytest.raises(UnreadableDocument, match="10,000"):
        Archive(content)


def test_no_more_problems_are_named_than_a_person_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_PROBLEMS", 2)
    found = list(members(zipped([*((f"/{n}", b"x") for n in range(5)), ("good", b"x")])))
    assert found[2] == ("good", b"x")
    last = found[-1]
    assert isinstance(last, Problem)
    assert last.message.startswith("3 more of its parts were left out")


def test_archives_inside_share_the_limits_of_the_outer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = zipped([("a.txt", b"x" * 700)])
    monkeypatch.setattr(archives, "LARGEST_TOTAL", 1000)
    first, second = members(zipped([("1.zip", inner), ("2.zip", inner)]))
    assert first == ("1.zip/a.txt", b"x" * 700)
    assert isinstance(second, Problem)


def test_a_file_larger_than_is_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(zipped([("a.txt", b"x" * 1000)]))
    with pytest.raises(UnreadableDocument, match="200 MB"):
        archive.read("a.txt", 999)
    with pytest.raises(UnreadableDocument, match="damaged"):
        archive.read("no such part")
    monkeypatch.setattr(archives, "FREE_OF_RATIO", 10)
    with pytest.raises(UnreadableDocument, match="hundred times"):
        Archive(zipped([("a.txt", b"x" * 100_000)])).read("a.txt")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (word(""), Inside.WORD),
        (word("", kind="wordprocessingml.template"), Inside.WORD),
        (workbook({"a": ""}), Inside.WORKBOOK),
        (
            zipped([("[Content_Types].xml", b"ms-word.document.macroEnabled.main+xml")]),
            Inside.WORD_MACROS,
        ),
        (zipped([("[Content_Types].xml", b"ms-excel.sheet.macroEnabled")]), Inside.WORKBOOK_MACROS),
        (zipped([("[Content_Types].xml", b"ms-excel.sheet.binary.")]), Inside.WORKBOOK_BINARY),
        (zipped([("[Content_Types].xml", b"presentationml.presentation")]), Inside.SLIDES),
        (zipped([("[Content_Types].xml", b"a file of that name")]), Inside.FILES),
        (zipped([("mimetype", b"application/vnd.oasis.opendocument.text")]), Inside.OPEN_DOCUMENT),
        (zipped([("mimetype", b"application/epub+zip")]), Inside.BOOK),
        (zipped([("mimetype", b"something else")]), Inside.FILES),
        (
            zipped([("a/salida.xml", b'<?xml version="1.0"?><HealthData x="">')]),
            Inside.APPLE_HEALTH,
        ),
        (zipped([("a/b.xml", b"<ClinicalDocument/>"), ("c.txt", b"")]), Inside.FILES),
        (zipped([("[Content_Types].xml", b"x" * 2_000_000)]), Inside.FILES),
    ],
)
def test_what_an_archive_is_comes_from_its_content(content: bytes, kind: Inside) -> None:
    assert archives.is_zip(content)
    assert inside(Archive(content)) is kind


@pytest.mark.parametrize(
    "kind", set(Inside) - {Inside.WORD, Inside.WORKBOOK, Inside.APPLE_HEALTH, Inside.FILES}
)
def test_other_kinds_are_refused_in_clear_words(kind: Inside) -> None:
    with pytest.raises(UnsupportedDocument, match="The file is kept"):
        refuse_unread(kind)
    refuse_unread(Inside.WORD)


def test_relations_of_office_files_stay_inside() -> None:
    listed = (
        b'<R><Relationship Id="1" Type="x/header" Target="../../../etc/a.xml"/>'
        b'<Relationship Id="2" Type="x/footer" TargetMode="External" Target="http://x.invalid/"/>'
        b'<Relationship Id="3" Type="x/styles" Target="/word/s.xml"/></R>'
    )
    archive = Archive(zipped([("word/_rels/document.xml.rels", listed)]))
    assert list(archives.relations(archive, "word/document.xml")) == [
        ("1", "header", "etc/a.xml"),
        ("3", "styles", "word/s.xml"),
    ]
    assert archives.main_part(archive, "word/document.xml") == "word/document.xml"


def _changed(seed: bytes, chance: random.Random) -> bytes:
    content = bytearray(seed)
    for _ in range(chance.choice((1, 2, 5, 30))):
        at = chance.randrange(len(content))
        match chance.randrange(5):
            case 0:
                content[at] ^= 1 << chance.randrange(8)
            case 1:
                content[at : at + 4] = chance.randbytes(4)
            case 2:
                del content[at : at + chance.randrange(1, 60)]
            case 3:
                content[at:at] = content[at : at + chance.randrange(1, 60)]
            case _:
                content[at : at + 4] = struct.pack(
                    "<I", chance.choice((0, 1, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF))
                )
        if len(content) < 8:
            break
    return bytes(content)


def _mutate(rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    inner = zipped([("a.txt", b"text " * 50), ("b.txt", b"more")])
    seeds = [
        zipped(
            [("letter.txt", b"Dear Jane " * 90), ("inner.zip", inner), ("x.docx", word("<w:p/>"))]
        ),
        zipped([("a", b"1" * 300), ("b/c", b"2" * 300)], zipfile.ZIP_STORED),
    ]
    for number in range(rounds):
        with contextlib.suppress(DocumentError):
            content = _changed(seeds[number % 2], chance)
            assert all(isinstance(each, Problem) or each[0] for each in members(content))
            refuse_unread(inside(Archive(content)))


def test_mutated_archives_only_ever_give_document_errors() -> None:
    _mutate(200, seed=1)


@pytest.mark.slow
def test_many_mutated_archives_only_ever_give_document_errors() -> None:
    _mutate(2000, seed=2)
