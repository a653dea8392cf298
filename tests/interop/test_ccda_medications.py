"""Medicines of C-CDA: which, how much, how often, from when to when, and orders and hand-outs of them."""

from decimal import Decimal
from typing import Any

import pytest
from ccda_builders import (
    LOINC,
    RXNORM,
    SNOMED,
    act,
    at,
    author,
    code,
    coded_value,
    codes,
    entry,
    medicine,
    observation,
    only,
    performer,
    product,
    proposals,
    rel,
    said_status,
    section,
    statement,
    status,
    template,
    when,
)

from healthmate_desktop.interop.ccda import doubts

pytestmark = pytest.mark.unit

FROM_TO = '<effectiveTime xsi:type="IVL_TS"><low value="20240101"/><high value="20240201"/></effectiveTime>'
OPEN = '<effectiveTime xsi:type="IVL_TS"><low value="20240101"/><high nullFlavor="UNK"/></effectiveTime>'
ORAL = code("C38288", "2.16.840.1.113883.3.26.1.1", "Oral", "routeCode")


def every(period: str, attrs: str = "") -> str:
    return f'<effectiveTime xsi:type="PIVL_TS" operator="A" {attrs}>{period}</effectiveTime>'


def read_one(*inner: str, mood: str = "EVN", **more: str) -> tuple[Any, dict[str, Any]]:
    kind = "MedicationStatement" if mood == "EVN" else "MedicationRequest"
    found = only(
        section("10160-0", entry(medicine(*inner, mood=mood, **more)), title="Medications"),
        kind=kind,
    )
    return found, dict(found.resource)


def dosage(*inner: str) -> dict[str, Any]:
    return dict(read_one(status("active"), *inner)[1]["dosage"][0])


def test_medicine_has_name_period_dose_route_and_reason() -> None:
    reason = rel(
        "RSON",
        observation(
            template("19"), code("55607006"), coded_value("38341003", display="Hypertension")
        ),
    )
    found, resource = read_one(
        status("active"),
        OPEN,
        every('<period value="12" unit="h"/>', 'institutionSpecified="true"'),
        ORAL,
        '<doseQuantity value="2.50" unit="mg"/>',
        reason,
        author(),
    )
    assert codes(resource["medicationCodeableConcept"]) == ["197361"]
    assert (resource["status"], resource["effectivePeriod"]) == ("active", {"start": "2024-01-01"})
    (given,) = resource["dosage"]
    assert given["text"] == "2.50 mg, Oral, 2 times a day"
    assert given["timing"] == {"repeat": {"frequency": 2, "period": Decimal(1), "periodUnit": "d"}}
    assert str(given["doseAndRate"][0]["doseQuantity"]["value"]) == "2.50"
    assert given["doseAndRate"][0]["doseQuantity"]["code"] == "mg"
    assert codes(resource["reasonCode"][0]) == ["38341003"]
    assert resource["dateAsserted"] == "2024-01-02"
    assert resource["informationSource"]["display"] == "Ada Quill"
    assert found.doubts == ()


@pytest.mark.parametrize(
    ("times", "repeat", "words"),
    [
        (
            every('<period value="8" unit="h"/>'),
            {"frequency": 1, "period": Decimal(8), "periodUnit": "h"},
            "every 8 hours",
        ),
        (
            every('<period value="8" unit="h"/>', 'institutionSpecified="true"'),
            {"frequency": 3, "period": Decimal(1), "periodUnit": "d"},
            "3 times a day",
        ),
        (
            every(
                '<period xsi:type="IVL_PQ"><low value="4" unit="h"/><high value="6" unit="h"/></period>'
            ),
            {"frequency": 1, "period": Decimal(4), "periodUnit": "h", "periodMax": Decimal(6)},
            "every 4 to 6 hours",
        ),
        (
            every('<period value="1" unit="d"/>'),
            {"frequency": 1, "period": Decimal(1), "periodUnit": "d"},
            "every day",
        ),
        (
            every('<period value="7" unit="h"/>', 'institutionSpecified="true"'),
            {"frequency": 1, "period": Decimal(7), "periodUnit": "h"},
            "every 7 hours",
        ),
        (
            every('<period value="1" unit="wk"/>', 'institutionSpecified="true"'),
            {"frequency": 1, "period": Decimal(1), "periodUnit": "wk"},
            "every week",
        ),
        (
            '<effectiveTime xsi:type="EIVL_TS"><event code="HS"/></effectiveTime>',
            {"when": ["HS"]},
            "at bedtime",
        ),
        (
            '<effectiveTime xsi:type="EIVL_TS"><event code="ACM"/><offset value="1" unit="h"/></effectiveTime>',
            {"when": ["ACM"], "offset": 60},
            "60 minutes before breakfast",
        ),
        (
            '<effectiveTime xsi:type="EIVL_TS"><event code="PC"/><offset value="1" unit="wk"/></effectiveTime>',
            {"when": ["PC"]},
            "after meals",
        ),
    ],
)
def test_how_often_is_kept_and_said(times: str, repeat: dict[str, Any], words: str) -> None:
    given = dosage(OPEN, times)
    assert given["timing"] == {"repeat": repeat}
    assert given["text"] == words


@pytest.mark.parametrize(
    "times",
    [
        every('<period nullFlavor="UNK"/>'),
        every('<period value="-1" unit="h"/>'),
        every('<period value="8" unit="sips"/>'),
        '<effectiveTime xsi:type="EIVL_TS"><event nullFlavor="UNK"/></effectiveTime>',
    ],
)
def test_frequency_that_says_nothing_is_left_out(times: str) -> None:
    _, resource = read_one(status("active"), OPEN, times)
    assert "dosage" not in resource


def test_dose_without_unit_counts_what_is_named() -> None:
    puffs = code("C48501", "2.16.840.1.113883.3.26.1.1", "Puff", "administrationUnitCode")
    given = dosage('<doseQuantity value="2"/>', puffs)
    assert given["doseAndRate"] == [{"doseQuantity": {"value": Decimal(2), "unit": "Puff"}}]
    assert given["text"] == "2 Puff"
    assert dosage('<doseQuantity value="2"/>')["text"] == "dose 2"


def test_ranges_rates_and_most_a_day() -> None:
    given = dosage(
        '<doseQuantity><low value="1" unit="mg"/><high value="2" unit="mg"/></doseQuantity>',
        '<rateQuantity value="90" unit="mL/h"/>',
        '<maxDoseQuantity><numerator value="6" unit="mg"/><denominator value="1" unit="d"/></maxDoseQuantity>',
        code("181216001", SNOMED, "Left arm", "approachSiteCode"),
    )
    amount = given["doseAndRate"][0]
    assert amount["doseRange"]["high"]["value"] == Decimal(2)
    assert amount["rateQuantity"]["code"] == "mL/h"
    assert given["maxDosePerPeriod"]["numerator"]["value"] == Decimal(6)
    assert (given["text"], given["site"]["text"]) == ("1 mg to 2 mg", "Left arm")


def test_as_needed_says_for_what() -> None:
    for_cough = f"<precondition><criterion>{coded_value('49727002', display='Cough')}</criterion></precondition>"
    given = dosage('<doseQuantity value="5" unit="mL"/>', for_cough)
    assert (codes(given["asNeededCodeableConcept"]), given["text"]) == (
        ["49727002"],
        "5 mL, as needed for Cough",
    )
    given = dosage('<doseQuantity value="5" unit="mL"/>', "<precondition/>")
    assert (given["asNeededBoolean"], given["text"]) == (True, "5 mL, as needed")
    given = dosage(
        "<precondition><criterion><text>for pain</text></criterion></precondition>", ORAL
    )
    assert given["asNeededCodeableConcept"] == {"text": "for pain"}


def test_directions_of_the_prescriber_come_first() -> None:
    sig = rel(
        "COMP",
        statement(
            "substanceAdministration",
            template("147"),
            code("76662-6", LOINC),
            "<text>Take with food</text>",
        ),
    )
    told = rel(
        "SUBJ", act(template("20"), code("311401005"), "<text>Drink water</text>", mood="INT")
    )
    given = dosage('<doseQuantity value="5" unit="mL"/>', sig, told)
    assert given["text"] == "Take with food"
    assert given["patientInstruction"] == "Drink water"
    assert codes(given["additionalInstruction"][0]) == ["311401005"]


@pytest.mark.parametrize(
    ("inner", "expected", "doubt"),
    [
        ((status("completed"), FROM_TO), "completed", ()),
        ((status("completed"), OPEN), "unknown", (doubts.STILL_TAKEN,)),
        ((status("completed"), at("20240105")), "completed", ()),
        ((status("active"), FROM_TO), "active", (doubts.ENDED_MEDICINE,)),
        ((status("aborted"), OPEN), "stopped", ()),
        ((status("completed"), OPEN, said_status("55561003", "6")), "active", ()),
        ((OPEN,), "unknown", ()),
    ],
)
def test_status_is_never_more_sure_than_the_document(
    inner: tuple[str, ...], expected: str, doubt: tuple[str, ...]
) -> None:
    found, resource = read_one(*inner)
    assert (resource["status"], found.doubts) == (expected, doubt)


def test_medicine_not_taken() -> None:
    _, resource = read_one(status("active"), attrs='negationInd="true"')
    assert resource["status"] == "not-taken"
    _, resource = read_one(status("active"), attrs='nullFlavor="UNK"')
    assert resource["status"] == "unknown"


@pytest.mark.parametrize("mood", ["EVN", "INT"])
def test_no_medicines_at_all(mood: str) -> None:
    any_drug = product(
        '<code nullFlavor="OTH">' + code("410942007", SNOMED, "Drug", "translation") + "</code>"
    )
    nothing = medicine(
        "<text>No medicines</text>",
        status("active"),
        name=any_drug,
        mood=mood,
        attrs='negationInd="true"',
    )
    found = only(section("10160-0", entry(nothing)), kind="MedicationStatement")
    assert codes(found.resource["medicationCodeableConcept"]) == ["no-known-medications"]
    assert (found.resource["status"], found.doubts) == ("not-taken", ())


def test_name_in_words_is_doubted() -> None:
    for name in (
        product('<code nullFlavor="OTH"/><name>Garlic pills</name>'),
        product("<name>Garlic pills</name>"),
    ):
        found, resource = read_one(status("active"), name=name)
        assert resource["medicationCodeableConcept"] == {"text": "Garlic pills"}
        assert found.doubts == (doubts.WORDS_ONLY,)
    labelled = (
        "<consumable><manufacturedProduct><manufacturedLabeledDrug>"
        + code("1", RXNORM)
        + "</manufacturedLabeledDrug></manufacturedProduct></consumable>"
    )
    assert codes(read_one(status("active"), name=labelled)[1]["medicationCodeableConcept"]) == ["1"]


def test_ordered_medicine_is_a_request_with_its_supply() -> None:
    supply = statement(
        "supply",
        template("17"),
        when("20240101", "20241231"),
        '<repeatNumber value="3"/>',
        '<quantity value="30"/>',
        performer(),
        mood="INT",
    )
    _, resource = read_one(status("active"), OPEN, rel("REFR", supply), author(), mood="INT")
    assert (resource["intent"], resource["authoredOn"]) == ("plan", "2024-01-02")
    assert resource["requester"]["display"] == "Ada Quill"
    ordered = resource["dispenseRequest"]
    assert ordered["numberOfRepeatsAllowed"] == 2
    assert ordered["quantity"]["value"] == Decimal(30)
    assert ordered["validityPeriod"] == {"start": "2024-01-01", "end": "2024-12-31"}
    assert ordered["performer"] == {"display": "Ben Stone"}
    timing = resource["dosageInstruction"][0]["timing"]
    assert timing == {"repeat": {"boundsPeriod": {"start": "2024-01-01"}}}


def test_order_keeps_how_often_and_until_when() -> None:
    _, resource = read_one(
        status("active"), FROM_TO, every('<period value="6" unit="h"/>'), mood="RQO"
    )
    assert resource["intent"] == "order"
    repeat = resource["dosageInstruction"][0]["timing"]["repeat"]
    assert repeat["boundsPeriod"] == {"start": "2024-01-01", "end": "2024-02-01"}
    _, resource = read_one(status("active"), at("20240101"), ORAL, mood="RQO")
    assert resource["dosageInstruction"][0]["timing"] == {"event": ["2024-01-01"]}


def test_medicine_that_must_not_be_given() -> None:
    found, resource = read_one(status("active"), mood="INT", attrs='negationInd="true"')
    assert resource["doNotPerform"] is True
    assert found.doubts == (doubts.NOT_DONE,)


def test_supplies_of_a_medicine_are_contained_in_it() -> None:
    order = statement("supply", template("17"), '<quantity value="30"/>', mood="INT")
    filled = statement(
        "supply", template("18"), status(), at("20240103"), '<quantity value="30"/>', performer()
    )
    empty = statement("supply", template("18"), status())
    _, resource = read_one(
        status("active"), rel("REFR", order), rel("REFR", filled), rel("REFR", empty)
    )
    ordered, dispensed = resource["contained"]
    assert (ordered["resourceType"], dispensed["resourceType"]) == (
        "MedicationRequest",
        "MedicationDispense",
    )
    assert dispensed["whenHandedOver"] == "2024-01-03"
    assert dispensed["performer"] == [{"actor": {"display": "Ben Stone"}}]
    assert codes(dispensed["medicationCodeableConcept"]) == ["197361"]
    assert (resource["basedOn"], resource["partOf"]) == (
        [{"reference": "#order1"}],
        [{"reference": "#dispense2"}],
    )
    _, resource = read_one(status("active"), rel("REFR", filled), mood="INT")
    assert resource["contained"][0]["authorizingPrescription"] == [{"reference": "#"}]


def test_supply_of_a_medicine_alone_is_a_dispense() -> None:
    drug = product(code("197361", RXNORM, "Amlodipine"), tag="product")
    alone = statement("supply", status(), at("20240103"), '<quantity value="30"/>', drug)
    found = only(section("10160-0", entry(alone)), kind="MedicationDispense")
    assert codes(found.resource["medicationCodeableConcept"]) == ["197361"]


def test_medicines_in_a_wrapper_and_in_sets_of_times_arrive() -> None:
    both = (
        '<effectiveTime xsi:type="SXPR_TS"><comp xsi:type="IVL_TS"><low value="2024"/></comp>'
        '<comp xsi:type="PIVL_TS"><period value="1" unit="d"/></comp></effectiveTime>'
    )
    wrapped = act(
        template("35"), code("10183-2", LOINC), rel("SUBJ", medicine(status("active"), both))
    )
    (found,) = proposals(section("10183-2", entry(wrapped)), kind="MedicationStatement")
    assert found.resource["effectivePeriod"] == {"start": "2024"}
    assert found.resource["dosage"][0]["text"] == "every day"
