"""When a result of a table was taken and whose it is, from its row and from what stands above."""

from __future__ import annotations

import pytest
from table_builders import guess, proposals, read

from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.interop.tables import reading
from healthmate_desktop.interop.tables.moments import in_zone, moment_of

pytestmark = pytest.mark.unit


def test_times_of_day_are_kept() -> None:
    text = "Date,Time,Pulse\n2024-03-05,8:30 AM,66\n2024-03-05,21:15,70\n"
    plain = proposals(text)
    assert plain[0].resource["effectiveDateTime"] == "2024-03-05"
    assert plain[0].resource["note"] == [{"text": "Time of day: 08:30"}]
    assert (
        plain[0].resource["_effectiveDateTime"]["extension"][0]["valueString"] == "2024-03-05T08:30"
    )
    placed = proposals(text, zone="Europe/Berlin")
    assert placed[1].resource["effectiveDateTime"] == "2024-03-05T21:15:00+01:00"
    assert "note" not in placed[1].resource
    stamped = proposals("Date,Test,Result,Unit\n2024-03-05T08:30:00Z,Sodium,141,mmol/L\n")
    assert stamped[0].resource["effectiveDateTime"] == "2024-03-05T08:30:00Z"
    assert stamped[0].doubts == ()


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Z", "2024-07-05T08:30:00Z"), ("+0530", "2024-07-05T08:30:00+05:30"), ("-03", "2024-07-05T08:30:00-03:00"),
        ("Europe/Berlin", "2024-07-05T08:30:00+02:00"), ("", ""), ("No/Where", ""), ("../../etc", ""),
    ],
)  # fmt: skip
def test_zones(zone: str, moment: str) -> None:
    assert in_zone("2024-07-05", "08:30", zone) == moment
    assert moment_of("2024-13-45T08:30:00Z") is None


def test_a_missing_date_is_that_of_the_row_above_or_of_the_table() -> None:
    above, below = proposals(
        "Date,Test,Result,Unit\n2024-03-05,Sodium,141,mmol/L\n,Potassium,4.4,mmol/L\n"
    )
    assert below.resource["effectiveDateTime"] == above.resource["effectiveDateTime"]
    assert below.doubts == ("No date stands in this row, so that of the row above was taken.",)
    (bad,) = proposals("Date,Test,Result,Unit\nlast week,Sodium,141,mmol/L\n")
    assert bad.doubts == (
        "The date of this row could not be read.",
        "No date is given for this result.",
    )


def test_what_stands_above_the_table() -> None:
    text = (
        "Patient,Jane Roe\nDOB: 1970-02-03,Sex: F\nPatient ID,P-1\nDate: 5 March 2024\nLaboratory: North Lab\n"
        "Report\n\n"
        "Test,Result,Units\nSodium,141,mmol/L\n"
    )
    person, sodium = read(text)
    assert person == NamedPerson("Jane Roe", "1970-02-03", "female", ("P-1",))
    assert isinstance(sodium, Proposal)
    assert sodium.resource["effectiveDateTime"] == "2024-03-05"
    assert sodium.resource["performer"] == [{"display": "North Lab"}]
    assert guess(text).questions == ()


def test_each_person_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(
        f"{name},Roe,F,2024-03-05,Sodium,141,mmol/L\n" for name in ("Jane", "Jane", "Joan", "Jill")
    )
    text = "First name,Last name,Sex,Date,Test,Result,Unit\n" + lines
    monkeypatch.setattr(reading, "MOST_PEOPLE", 2)
    found = read(text)
    people = [each for each in found if isinstance(each, NamedPerson)]
    assert people == [NamedPerson("Jane Roe", "", "female"), NamedPerson("Joan Roe", "", "female")]
    said = [each.resource["subject"]["display"] for each in found if isinstance(each, Proposal)]
    assert said == ["Jane Roe", "Jane Roe", "Joan Roe", "Jill Roe"]
    assert not any("Jane" in each.text for each in found if isinstance(each, Proposal))
