"""FHIR files of every shape: each record is proposed as it came, and what can't be read is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from fhir_builders import (
    ORA,
    RXNORM,
    as_bytes,
    bundle,
    concept,
    observation,
    patient,
    people,
    problems,
    proposals,
    record,
    resources,
    some_records,
)

from healthmate_desktop.domain.facts import facts_of, full_url_of, original
from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument
from healthmate_desktop.interop.fhir.reading import MOST_PROBLEMS, is_fhir, read_fhir

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.unit

BUNDLE_TYPES = ["collection", "transaction", "batch", "searchset", "document", "message", "history"]
PLACES = [f"entry {number}" for number in range(1, 9)]


@pytest.mark.parametrize("kind", BUNDLE_TYPES)
def test_each_record_of_a_bundle_is_proposed_as_it_came(kind: str) -> None:
    content = as_bytes(bundle(some_records(), kind, id="b", total=8))
    assert resources(content) == some_records()
    assert [each.spot.where for each in proposals(content)] == PLACES
    assert not problems(content)
    assert not any(each.doubts for each in proposals(content))


@pytest.mark.parametrize(
    "write",
    [
        lambda records: b"\n".join(map(as_bytes, records)),
        lambda records: b"\r\n".join(map(as_bytes, records)) + b"\r\n\r\n",
        lambda records: b"\n\n".join(as_bytes(each, indent=2) for each in records),
        lambda records: b"\x1e" + b"\n\x1e".join(map(as_bytes, records)),
        lambda records: b"".join(map(as_bytes, records)),
        as_bytes,
        lambda records: as_bytes(records, indent=4),
        lambda records: as_bytes([{"resource": each} for each in records]),
        lambda records: as_bytes(bundle(records), sort_keys=True),
        lambda records: as_bytes(bundle(records), indent=1),
        lambda records: as_bytes(bundle([bundle(records[:3]), *records[3:]])),
        lambda records: as_bytes(bundle(records[:3])) + b"\n" + as_bytes(bundle(records[3:])),
        lambda records: as_bytes({"patient": records[0], "records": records[1:]}),
        lambda records: as_bytes({"data": {"inner": bundle(records)}, "when": "now", "list": [1]}),
        lambda records: as_bytes(records)[:-1] + b",]",
    ],
    ids=[
        *(
            "ndjson",
            "windows",
            "printed",
            "separators",
            "glued",
            "array",
            "printed array",
            "entries",
        ),
        *("sorted", "printed bundle", "nested", "bundles", "wrapped", "deeply wrapped", "comma"),
    ],
)
def test_same_records_arrive_from_every_shape(write: Callable[[list[Any]], bytes]) -> None:
    content = write(some_records())
    assert is_fhir(content[:65536])
    assert [original(each) for each in resources(content)] == some_records()
    assert not problems(content)


def test_places_tell_where_to_look() -> None:
    lines = b"\n\n".join(map(as_bytes, [observation(1), bundle([observation(2)])]))
    assert [each.spot.where for each in proposals(lines)] == ["line 1", "line 3, entry 1"]
    assert [each.spot.where for each in proposals(as_bytes(observation()))] == ["the file"]
    assert [each.spot.where for each in proposals(as_bytes([observation()]))] == ["item 1"]
    nested = as_bytes(bundle([patient(), bundle([observation()])]))
    assert [each.spot.where for each in proposals(nested)] == ["entry 1", "entry 2, entry 1"]
    wrapped = as_bytes({"labs": [observation()], "who": patient()})
    assert [each.spot.where for each in proposals(wrapped)] == ["labs 1", "who"]
    printed = as_bytes(observation(), indent=0) + b"\n" + as_bytes(observation(), indent=0)
    height = as_bytes(observation(), indent=0).count(b"\n") + 2
    assert [each.spot.where for each in proposals(printed)] == ["the file", f"line {height}"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_letters_survive_every_encoding(encoding: str) -> None:
    named = observation(note=[{"text": "µg/L, 血糖, 😀"}])
    content = json.dumps(bundle([named]), ensure_ascii=False).encode(encoding)
    assert is_fhir(content)
    assert resources(content) == [named]
    assert not proposals(content)[0].doubts


def test_letters_that_were_lost_leave_a_doubt_on_their_record_alone() -> None:
    broken = as_bytes(bundle([observation(1, note=[{"text": "µ"}]), observation(2)]))
    for content in (
        broken.replace("µ".encode(), b"\xb5"),
        broken.replace("µ".encode(), b"\\ud800"),
    ):
        first, second = proposals(content)
        assert first.doubts == ("Some of its letters could not be read.",)
        assert first.resource["note"] == [{"text": "\ufffd"}]
        assert not second.doubts


def test_numbers_keep_every_digit() -> None:
    text = as_bytes(bundle([observation()])).replace(b'"value": 101', b'"value": 5.400')
    facts = facts_of(proposals(text)[0].resource)
    assert (str(facts.number), facts.value) == ("5.400", "5.400 mg/dL")


def test_types_that_are_not_known_are_kept_as_they_are() -> None:
    odd = {"resourceType": "MolecularSequence", "coordinateSystem": 0, "odd": [{"a": None}, True]}
    assert resources(as_bytes(bundle([odd]))) == [odd]


def test_contained_records_stay_inside_their_owner() -> None:
    inner = {"resourceType": "Medication", "id": "m", "code": concept(RXNORM, "1", "Oilofrose")}
    owner = record("MedicationRequest", contained=[inner], medicationReference={"reference": "#m"})
    (found,) = resources(as_bytes(bundle([owner])))
    assert found == owner
    assert (facts_of(found).display, facts_of(found).codings[0].code) == ("Oilofrose", "1")


@pytest.mark.parametrize(
    ("full_url", "pointer"),
    [
        (
            "urn:uuid:00000000-0000-4000-8000-00000000000a",
            "urn:uuid:00000000-0000-4000-8000-00000000000a",
        ),
        ("https://one.example/fhir/Medication/m1", "Medication/m1"),
        ("https://one.example/fhir/Medication/m1", "https://one.example/fhir/Medication/m1"),
        ("https://one.example/fhir/Medication/m1", "Medication/m1/_history/3"),
        ("", "Medication/m1"),
        ("", "urn:uuid:m1"),
        ("", "https://other.example/fhir/Medication/m1"),
    ],
)
def test_prescription_says_what_it_points_to_and_is_handed_on_unchanged(
    full_url: str, pointer: str
) -> None:
    medication = {
        "resourceType": "Medication",
        "id": "m1",
        "code": concept(RXNORM, "7", "Featherdew 5 MG"),
    }
    order = record("MedicationRequest", 3, medicationReference={"reference": pointer})
    base = "https://one.example/fhir/MedicationRequest/"
    entries = [
        {"fullUrl": base + order["id"], "resource": order},
        {"fullUrl": full_url, "resource": medication},
    ]
    content = as_bytes({"resourceType": "Bundle", "entry": entries})
    found = resources(content)[0]
    assert facts_of(found).display == "Featherdew 5 MG"
    assert facts_of(found).codings[0].code == "7"
    assert original(found) == order
    assert full_url_of(found) == base + order["id"]


def test_nearest_of_two_records_with_one_name_is_meant() -> None:
    entries = []
    for host, words in (("a.example", "First"), ("b.example", "Second")):
        drug = {"resourceType": "Medication", "id": "1", "code": {"text": words}}
        order = {
            "resourceType": "MedicationRequest",
            "id": "2",
            "medicationReference": {"reference": "Medication/1"},
        }
        entries += [{"fullUrl": f"https://{host}/{each['resourceType']}/{each['id']}", "resource": each}
                    for each in (drug, order)]  # fmt: skip
    found = resources(as_bytes({"resourceType": "Bundle", "entry": entries}))
    assert [facts_of(each).display for each in found] == ["First", "First", "Second", "Second"]


def test_medications_of_other_kinds_and_devices_are_found_too() -> None:
    parts = [{"text": "salt" * 200}, concept("s", "c", "sugar")]
    mixture = {
        "resourceType": "Medication",
        "id": "x",
        "ingredient": [{"itemCodeableConcept": part} for part in parts],
    }
    pump = {
        "resourceType": "Device",
        "id": "p",
        "deviceName": [{"name": "Pump 3"}],
        "type": {"text": "pump"},
    }
    knee = {
        "resourceType": "Device",
        "id": "k",
        "distinctIdentifier": "K-1",
        "type": [{"coding": []}],
    }
    users = [
        record("MedicationStatement", 1, medicationReference={"reference": "Medication/x"}),
        record("DeviceUseStatement", 2, device={"reference": "Device/p"}),
        record("DeviceUseStatement", 3, device={"reference": "Device/k"}),
        record("MedicationRequest", 4, medication={"reference": {"reference": "Medication/x"}}),
        record(
            "MedicationRequest",
            5,
            medicationReference={"reference": "Medication/none", "display": "Named"},
        ),
        record("MedicationRequest", 6, medicationReference={"reference": ""}),
    ]
    found = [
        facts_of(each).display
        for each in resources(as_bytes(bundle([*users, mixture, pump, knee])))[:6]
    ]
    assert found[0].startswith("saltsalt")
    assert found[0].endswith(" / sugar")
    assert len(found[0]) < 400
    assert found[1:] == ["Pump 3", "K-1", found[0], "Named", ""]


def test_each_patient_names_a_person() -> None:
    other = {"resourceType": "Patient", "name": {"text": "Bo"}, "birthDate": "1990", "gender": "M"}
    assert people(as_bytes(bundle([patient(), other]))) == [
        NamedPerson("Ora May Quillfeather", "1961-04-09", "female", ("urn:example:mrn|Q-17",)),
        NamedPerson("Bo", "1990"),
    ]
    odd = {
        "resourceType": "Patient",
        "name": 3,
        "birthDate": ["x"],
        "identifier": [{"value": "7"}, {"use": "x"}],
    }
    assert people(as_bytes(odd)) == [NamedPerson(identifiers=("7",))]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'{"resource": {"resourceType": "Observation", "a": 1, "a": 2}}', "the same thing twice"),
        (b'{"resource": {"resourceType": "Observation", "a": NaN}}', "number"),
        (b'{"resource": {"resourceType": "Observation", "a": -Infinity}}', "number"),
        (b'{"resource": {"resourceType": "Observation", "a": 1e999999999999999999999}}', "number"),
        (b'{"resource": {"resourceType": "Observation", "a": 1.' + b"0" * 10_000 + b"}}", "number"),
        (b'{"resource": {"resourceType": "Observation", "a": ' + b"9" * 10_000 + b"}}", "number"),
        (b'{"resource": {"resourceType": "Observation", "a": ' + b"[" * 70 + b"]" * 70 + b"}}", "deep"),
        (b'{"resource": {"resourceType": "Observation", "a": ' + b"[" * 9000 + b"]" * 9000 + b"}}", "deep"),
        (b'{"resource": {"resourceType": "Observation", "a": "' + b"x" * 1_000_001 + b'"}}', "1 million letters"),
        (b'{"resource": {"resourceType": "Observation" "a": 1}}', "not valid JSON"),
        (b'{"resource": {"resourceType": "not a type"}}', "what kind"),
        (b'{"resource": {"resourceType": 7}}', "what kind"),
        (b'{"resource": {"id": "x"}}', "what kind"),
        (b'{"resource": []}', "what kind"),
        (b'{"fullUrl": "urn:x"}', "what kind"),
        (b'{"request": {"method": "DELETE", "url": "Observation/1"}}', "no record"),
        (b'{"resource": {"resourceType": "Bundle", "entry": []}}', "no entries"),
        (b"null", "not a FHIR record"),
        (b'"text"', "not a FHIR record"),
        (b"12", "not a FHIR record"),
    ],
)  # fmt: skip
def test_bad_entry_is_named_with_its_reason_and_the_others_arrive(bad: bytes, reason: str) -> None:
    first, last = as_bytes({"resource": observation(1)}), as_bytes({"resource": observation(2)})
    content = b'{"resourceType": "Bundle", "entry": [' + b",".join([first, bad, last]) + b"]}"
    assert resources(content) == [observation(1), observation(2)]
    ((where, message),) = problems(content)
    assert where == "entry 2"
    assert reason in message


def test_bad_line_costs_only_itself() -> None:
    good = as_bytes(observation())
    content = b"\n".join([good[:-9], good, b"{}", b"oops", good, good + b"]"])
    assert len(proposals(content)) == 3
    assert [where for where, _ in problems(content)] == ["line 1", "line 3", "line 4", "line 6"]


@pytest.mark.parametrize("left", [0.3, 0.6, 0.95])
def test_file_that_was_cut_off_gives_what_came_before(left: float) -> None:
    whole = as_bytes(bundle(some_records()))
    found = proposals(whole[: int(len(whole) * left)])
    assert [each.resource for each in found] == some_records()[: len(found)]
    assert 0 < len(found) < 8
    ((where, message),) = problems(whole[: int(len(whole) * left)])
    assert where == f"entry {len(found) + 1}"
    assert "breaks off" in message


@pytest.mark.parametrize(
    ("content", "places"),
    [
        (b'{"resourceType": "Bundle"}', ["the file"]),
        (b'{"resourceType": "Bundle", "entry": 3}', ["the file"]),
        (b'{"resourceType": "Bundle", "entry": [', ["entry 1"]),
        (b'{"resourceType": "Bundle", "id": "x', ["the file"]),
        (b'{"resourceType": "Bundle", "id" 3}', ["the file"]),
        (b'{"resourceType": "Bundle", id: 3}', ["the file"]),
        (b'{"a": 1, "resourceType": 3, "b": }', ["the file"]),
        (b'{"a": 1, "b": 2}', ["the file"]),
        (b'[{"resourceType": "Observation"', ["item 1"]),
        (b"[1 2]", ["item 1", "item 2"]),
        (b'"resourceType"', ["the file"]),
        (b"]", ["the file"]),
        (b"{", ["the file"]),
        (b'{"a": ["\\', ["the file"]),
    ],
)  # fmt: skip
def test_files_without_records_say_why(content: bytes, places: list[str]) -> None:
    assert not proposals(content)
    assert [where for where, _ in problems(content)] == places


def test_second_list_of_entries_is_not_read() -> None:
    entry = as_bytes({"resource": observation()})
    content = b'{"resourceType":"Bundle","entry":[' + entry + b'],"entry":[' + entry + b"]}"
    assert len(proposals(content)) == 1
    assert "second list" in problems(content)[0][1]


def test_no_more_problems_are_named_than_a_person_can_read() -> None:
    found = problems(as_bytes(bundle([observation()])).replace(b"[{", b"[" + b"1," * 250 + b"{", 1))
    assert len(found) == MOST_PROBLEMS + 1
    assert found[-1] == ("other places", "150 more parts could not be read and were left out.")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", UnreadableDocument),
        (b"\xef\xbb\xbf \r\n", UnreadableDocument),
        (b"\x00" * 64, UnreadableDocument),
        (b"\x1e\n\x1e", UnreadableDocument),
        (b"[]", UnreadableDocument),
        (b'{"resourceType": "Bundle", "entry": []}', UnreadableDocument),
        (b'<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/></Bundle>', UnsupportedDocument),
        (b'<?xml version="1.0"?>\n<!-- x --><Patient xmlns=\'http://hl7.org/fhir\'>', UnsupportedDocument),
    ],
)  # fmt: skip
def test_what_holds_nothing_to_read_is_refused(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"It is kept|Add it again"):
        list(read_fhir(content))


def test_file_over_the_limit_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="100 MB"):
        list(read_fhir(b" " * 100_000_001))


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"status": "entered-in-error"}, "by mistake"),
        ({"modifierExtension": [{"url": "urn:x"}]}, "may change what it means"),
        ({"effectiveDateTime": "last Tuesday"}, "not written as a date"),
        ({"effectivePeriod": {"start": "05.03.2024"}}, "not written as a date"),
        ({"effectiveDateTime": "1749-12-31"}, "before 1850"),
        ({"effectiveDateTime": "9000"}, "in the future"),
        ({"valueQuantity": {"value": "high", "unit": "mg/dL"}}, "not written as a number"),
        ({"_healthmate": {"refers": {}}}, "HealthMate's own"),
    ],
)  # fmt: skip
def test_doubts_say_why_a_person_should_look(changes: dict[str, Any], doubt: str) -> None:
    (found,) = proposals(as_bytes(observation() | changes))
    assert len(found.doubts) == 1
    assert doubt in found.doubts[0]
    assert "_healthmate" not in found.resource


def test_plans_may_lie_in_the_future() -> None:
    later = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    assert not proposals(as_bytes(record("Goal", startDate=later)))[0].doubts


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        (as_bytes(patient()), True),
        (b'\xef\xbb\xbf\n  {"id": 1, "resourceType" : "Bundle"', True),
        (b'<?xml version="1.0" encoding="UTF-8"?><Bundle xmlns="http://hl7.org/fhir">', True),
        (b'<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:f="http://hl7.org/fhir">', False),
        (b'{"resourceType": "AWS::Bucket"}', False),
        (b'{"Id": "Patient"}', False),
        (b'The "resourceType": "Patient" of FHIR', False),
        (b"%PDF-1.7", False),
        (b"", False),
        (b"\x00\x01\xff\xfe\x9c", False),
    ],
)
def test_fhir_is_told_by_its_content(head: bytes, is_one: bool) -> None:
    assert is_fhir(head) is is_one


def test_subject_of_the_file_stays_in_the_record() -> None:
    assert resources(as_bytes(bundle(some_records())))[1]["subject"] == {
        "reference": f"urn:uuid:{ORA}"
    }
