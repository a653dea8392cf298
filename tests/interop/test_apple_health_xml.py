"""Exports whose XML is broken, cut short or hostile: what can be read is read, and the rest is named."""

import pytest
from apple_health_builders import EXPORTED, HEAD, Read, export, note, record

from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument
from healthmate_desktop.interop.apple_health import is_apple_health
from healthmate_desktop.interop.apple_health.scanning import Node, Scanner

pytestmark = [pytest.mark.unit, pytest.mark.security]

WHOLE = export(
    *(
        record("StepCount", str(10 + at), f"2024-05-01 08:{at:02}:00", unit="count")
        for at in range(30)
    ),
    record(
        "BodyMass",
        "70.5",
        "2024-05-01 08:00:00",
        unit="kg",
        inside=note("App &#233; &lt;1&gt;", "a &amp; b"),
    ),
)


def heads() -> list[str]:
    root = "<!ELEMENT HealthData (ExportDate,Me,Record*)>"
    return [
        "",
        '<?xml version="1.0"?>',
        HEAD,
        f"<!DOCTYPE HealthData [{root}<!ATTLIST Record a CDATA #REQUIRED]>",
        f"<!DOCTYPE HealthData [{root}<!ATTLIST Me a CDATA #IMPLIED>>>]]>",
        f"<!DOCTYPE HealthData [{root}",
        '<!DOCTYPE HealthData [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/hostname">]>',
        "<!DOCTYPE HealthData SYSTEM 'http://localhost/health.dtd'>",
        "\ufeff<?xml version='1.0' encoding='ISO-8859-1'?><!-- a ' and a > -->",
    ]


@pytest.mark.parametrize("head", heads())
def test_document_type_does_not_matter(head: str) -> None:
    read = Read(WHOLE.replace(HEAD.encode(), head.encode()))
    assert read.values("StepCount") == [str(10 + at) for at in range(30)]
    assert not read.problems


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_pieces_may_end_anywhere(size: int) -> None:
    read = Read(WHOLE[at : at + size] for at in range(0, len(WHOLE), size))
    assert len(read.values("StepCount")) == 30
    (weight,) = read.resources
    said = [part["valueString"] for part in weight["extension"][0]["extension"]]
    assert said == ["App é <1>", "a & b"]
    assert not read.problems


def test_no_entity_is_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE HealthData [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    read = Read(
        export(
            record("BodyMass", "70", "2024-05-01 08:00:00", sourceName="&l9;&f;", unit="kg"),
            head=head,
        )
    )
    assert read.resources[0]["device"] == {"display": "&l9;&f;"}


def test_document_type_after_the_beginning_is_a_broken_place() -> None:
    read = Read(
        export(
            '<!DOCTYPE x [<!ENTITY a "b">]>',
            record("BodyMass", "70", "2024-05-01 08:00:00", unit="kg"),
        )
    )
    assert len(read.proposals) == 1
    assert read.tally.lost == 1


def test_letters_that_xml_does_not_have_do_no_harm() -> None:
    weight = record(
        "BodyMass",
        "7\x0b0",
        "2024-05-01 08:00:00",
        unit="kg",
        sourceName="A\x00B\x1f&#11;C&#xFFFF;",
    )
    content = export(weight).replace(b"</Health", b"\xff\xfe\xed\xa0\x80</Health")
    read = Read(content.replace(b"Scale", b"Sc\xc3"))
    assert read.resources[0]["valueQuantity"]["value"] == 70
    assert read.resources[0]["device"]["display"] == "AB\ufffdC\ufffd"
    assert [problem.where for problem in read.problems] == ["the file"]
    assert "could not be read" in read.problems[0].message


def test_letters_that_no_text_may_have_are_marked() -> None:
    read = Read(
        export(record("BodyMass", "70", "2024-05-01 08:00:00", sourceName="A\ufffe\uffffé"))
    )
    assert read.resources[0]["device"]["display"] == "A\ufffd\ufffdé"


def test_references_are_read_and_loose_ampersands_kept() -> None:
    source = "M&amp;S &#38; &#x41;&nbsp; a & b &#1f; &#99999999; &#x110000;&#55296;"
    read = Read(export(record("BodyMass", "70", "2024-05-01 08:00:00", sourceName=source)))
    shown = "M&S & A&nbsp; a & b &#1f; &#99999999; \ufffd\ufffd"
    assert read.resources[0]["device"]["display"] == shown


def test_file_in_utf_16_is_read() -> None:
    for name in ("utf-16", "utf-8-sig"):
        content = WHOLE.decode().replace('encoding="UTF-8"', "").encode(name)
        assert is_apple_health(content)
        assert len(Read(content).values("StepCount")) == 30


BROKEN = [
    '<Record type="a" type="b" value="1"/>',
    '<Record App Version="1" value="2"/>',
    "<Record value='1'",
    "</Record>",
    "<Record/ >",
    "<1>",
    "<![CDATA[",
    "<!-- -- -->",
    "<a><b></a></b>",
    "<" * 50,
]


@pytest.mark.parametrize("broken", BROKEN)
def test_broken_place_costs_only_itself(broken: str) -> None:
    before = [record("StepCount", "1", f"2024-05-01 08:{at:02}:00") for at in range(5)]
    after = [record("StepCount", "2", f"2024-05-01 09:{at:02}:00") for at in range(5)]
    content = export(*before, broken, *after)
    for size in (1, 50, len(content)):
        read = Read(content[at : at + size] for at in range(0, len(content), size))
        lost = 1 if broken in ("<Record value='1'", "<" * 50) else 0
        assert 10 - lost <= len(read.values()) <= 10
        assert 1 <= read.tally.lost <= 2
        line = content.decode().count("\n", 0, content.decode().index(broken)) + 1
        numbers = [
            int(problem.where.split()[1]) for problem in read.problems if "line" in problem.where
        ]
        assert line <= numbers[0] <= line + 1


def test_record_whose_notes_are_broken_is_kept() -> None:
    bad = record("BodyMass", "70", "2024-05-01 08:00:00", unit="kg", inside="<MetadataEntry key=>")
    read = Read(export(bad, record("BodyMass", "71", "2024-05-02 08:00:00", unit="kg")))
    assert [resource["valueQuantity"]["value"] for resource in read.resources] == [70, 71]
    assert read.tally.lost == 1


def test_many_broken_places_are_named_and_counted() -> None:
    read = Read(export(*['<Record a="1" a="2"/>'] * 50))
    assert read.tally.lost == 50
    assert len(read.problems) == 21
    assert (
        read.problems[-1].message
        == "More places where the file is broken and something is missing: 30."
    )


@pytest.mark.parametrize("left", [0.3, 0.6, 0.9, 0.999])
def test_file_that_is_cut_short_is_kept_up_to_there(left: float) -> None:
    read = Read(WHOLE[: int(len(WHOLE) * left)])
    whole = WHOLE[: int(len(WHOLE) * left)].count(b'"/>') - 1  # the first is no record
    assert len(read.values("StepCount")) == min(30, whole)
    assert read.problems[-1].where == "the end of the file"
    assert "missing" in read.problems[-1].message


def test_open_record_at_the_end_is_kept() -> None:
    content = export(
        record("BodyMass", "70", "2024-05-01 08:00:00", unit="kg", inside=note("a", "b"))
    )
    read = Read(content[: content.index(b"</Record>")])
    assert len(read.proposals) == 1
    assert [problem.where for problem in read.problems] == ["the end of the file"]


def test_something_after_the_end_is_read_too() -> None:
    again = (
        f"</HealthData><HealthData>{record('BodyMass', '70', '2024-05-01 08:00:00')}</HealthData>"
    )
    assert len(Read(export(end=again)).proposals) == 1
    assert not Read(export(end="</HealthData>\n\n\0\0\n")).problems


@pytest.mark.parametrize(
    "hostile",
    [
        "<Other>" * 100_000,
        "<Workout>" + "<WorkoutEvent/>" * 100_000 + "</Workout>",
        f'<Record type="{"x" * 9_000_000}"/>',
        f"<!-- {'x' * 9_000_000} -->",
        "<Record " + " ".join(f'a{n}="1"' for n in range(50_000)) + "/>",
        f"<Record>{note('k', 'v' * 100_000) * 300}</Record>",
    ],
    ids=["deep", "wide", "name", "comment", "attributes", "notes"],
)
def test_what_is_far_too_much_costs_only_itself(hostile: str) -> None:
    weight = record("BodyMass", "70", "2024-05-01 08:00:00", unit="kg")
    read = Read(export(hostile, weight))
    weights = [each for each in read.resources if "valueQuantity" in each]
    assert [each["valueQuantity"]["value"] for each in weights] == [70]


def test_part_that_never_ends_is_given_up() -> None:
    lost = Read(export("<!--" + "x" * 9_000_000)).tally.lost
    assert lost >= 1


def test_more_devices_than_anyone_has_are_refused() -> None:
    parts = (
        record("StepCount", "1", "2024-05-01 08:00:00", sourceName=str(at)) for at in range(20_100)
    )
    with pytest.raises(UnreadableDocument, match="more devices"):
        Read(export(*parts))


@pytest.mark.parametrize("content", [b"<html/>", b"plain", b"<HealthDatabase/>", b"x" * 3_000_000])
def test_other_files_are_not_taken_for_an_export(content: bytes) -> None:
    assert not is_apple_health(content[:65_536])
    with pytest.raises(UnsupportedDocument, match="not an export of Apple Health"):
        Read(content)


def test_empty_file_is_told() -> None:
    with pytest.raises(UnreadableDocument, match="empty"):
        Read(b"")


def test_export_with_nothing_in_it_is_none_the_less_one() -> None:
    assert is_apple_health(b"<HealthData/>")
    read = Read(b"<HealthData/>")
    assert (read.proposals, read.chunks, read.problems) == ([], [], [])
    assert read.tally.records == 0
    assert Read(f"<HealthData>{EXPORTED}</HealthData>".encode()).tally.exported.startswith(
        "2024-06-01"
    )


def test_scanner_gives_elements_whole() -> None:
    records, elements = [], list[Node]()
    scanner = Scanner(
        lambda attributes, notes: records.append((attributes, notes)), elements.append
    )
    scanner.feed(
        b'<HealthData><Record a="1"><MetadataEntry key="k" value="v"/><HeartRateVariabilityMetadataList>'
        b'<InstantaneousBeatsPerMinute bpm="60" time="1:00"/><InstantaneousBeatsPerMinute bpm="61"/>'
        b'</HeartRateVariabilityMetadataList></Record><Workout><WorkoutRoute><Location/><FileReference path="p"/>'
        b"</WorkoutRoute></Workout></HealthData>"
    )
    scanner.close()
    assert records == [({"a": "1"}, [("k", "v"), ("InstantaneousBeatsPerMinute", "60 1:00; 61 ")])]
    (route,) = elements[0].children
    assert [(child.name, child.attributes) for child in route.children] == [
        ("FileReference", {"path": "p"})
    ]
    assert scanner.closed
