"""Procedures, visits, plans, goals, devices, family, insurance and care teams of C-CDA."""

from decimal import Decimal

import pytest
from ccda_builders import (
    LOINC,
    SNOMED,
    act,
    at,
    author,
    code,
    coded_value,
    codes,
    entry,
    observation,
    only,
    performer,
    person,
    pq,
    problems_of,
    proposals,
    rel,
    section,
    statement,
    status,
    template,
    when,
)

from healthmate_desktop.interop.ccda import doubts

pytestmark = pytest.mark.unit

CPT = "2.16.840.1.113883.6.12"
APPENDECTOMY = code("80146002", SNOMED, "Appendectomy")
LOCATION = (
    '<participant typeCode="LOC"><participantRole><playingEntity><name>Hill Clinic</name></playingEntity>'
    "</participantRole></participant>"
)
PRIORITY = rel(
    "REFR",
    observation(template("143"), code("225773000"), coded_value("394849002", display="High")),
)


def device(udi: str = "(01)123", name: str = "Pacemaker") -> str:
    return (
        f'<participant typeCode="DEV"><participantRole><id root="2.16.840.1.113883.3.3719" extension="{udi}"/>'
        f"<playingDevice>{code('14106009', SNOMED, name)}"
        "<manufacturerModelName>Beat 2</manufacturerModelName></playingDevice>"
        "<scopingEntity><desc>Heartworks</desc></scopingEntity></participantRole></participant>"
    )


# Procedures


def test_procedure_that_was_done() -> None:
    done = statement(
        "procedure",
        template("14"),
        APPENDECTOMY,
        status(),
        at("20230405"),
        code("66754008", SNOMED, "Appendix", "targetSiteCode"),
        code("51316009", SNOMED, "Laparoscopic", "methodCode"),
        performer(),
        author(),
        LOCATION,
        rel("RSON", observation(template("19"), code("1"), coded_value("74400008"))),
        rel("SUBJ", act(template("20"), code("2"), "<text>Keep it dry</text>", mood="INT")),
    )
    found = only(section("47519-4", entry(done), title="Procedures"), kind="Procedure")
    resource = found.resource
    assert codes(resource["code"]) == ["80146002"]
    assert (resource["status"], resource["performedDateTime"]) == ("completed", "2023-04-05")
    assert resource["bodySite"][0]["text"] == "Appendix"
    assert resource["performer"] == [{"actor": {"display": "Ben Stone"}}]
    assert (resource["recorder"]["display"], resource["location"]) == (
        "Ada Quill",
        {"display": "Hill Clinic"},
    )
    assert codes(resource["reasonCode"][0]) == ["74400008"]
    assert [each["text"] for each in resource["note"]] == ["Method: Laparoscopic", "Keep it dry"]
    assert found.doubts == ()


def test_procedure_not_done_says_why() -> None:
    refused = statement(
        "procedure",
        APPENDECTOMY,
        rel("RSON", observation(code("1"), coded_value("105480006"))),
        attrs='negationInd="true"',
    )
    found = only(section("47519-4", entry(refused)), kind="Procedure")
    assert (found.resource["status"], codes(found.resource["statusReason"])) == (
        "not-done",
        ["105480006"],
    )
    assert found.doubts == (doubts.NOT_DONE,)
    unknown = statement("procedure", APPENDECTOMY, attrs='nullFlavor="UNK"')
    found = only(section("47519-4", entry(unknown)), kind="Procedure")
    assert (found.resource["status"], found.doubts) == ("unknown", (doubts.UNKNOWN,))


def test_acts_and_observations_among_procedures_are_procedures() -> None:
    by_template = act(template("12"), code("274025005"), status())
    by_section = act(code("274025005"), status())
    entries = (
        entry(by_template),
        entry(by_section),
        entry(observation(code("274025005"), "<value/>")),
    )
    assert len(proposals(section("47519-4", *entries), kind="Procedure")) == 3
    with_parts = act(
        code("274025005"), rel("COMP", observation(code("1", LOINC, "Size"), pq("5", "mm")))
    )
    assert len(proposals(section("47519-4", entry(with_parts)), kind="Procedure")) == 1
    wrapper = act(
        code("CONC", "2.16.840.1.113883.5.6"), rel("SUBJ", statement("procedure", APPENDECTOMY))
    )
    assert len(proposals(section("47519-4", entry(wrapper)), kind="Procedure")) == 1
    by_system = act(code("99406", CPT), status())
    assert only(section("51848-0", entry(by_system)), kind="Procedure")


def test_procedure_that_found_something_is_an_observation_too() -> None:
    found = proposals(
        section("47519-4", entry(observation(template("13"), code("274025005"), pq("5", "mm"))))
    )
    resources = {each.resource["resourceType"]: each.resource for each in found}
    assert resources["Observation"]["valueQuantity"]["value"] == Decimal(5)
    assert resources["Observation"]["partOf"] == [
        {"reference": f"Procedure/{resources['Procedure']['id']}"}
    ]


def test_entry_that_names_nothing_is_a_problem() -> None:
    nothing = statement(
        "procedure", '<code nullFlavor="UNK"/>', status(), attrs='negationInd="true"'
    )
    (problem,) = problems_of(f"<x>{section('47519-4', entry(nothing), title='Procedures')}</x>")
    assert problem.where == "Procedures, entry 1"


# Devices


def test_implant_is_a_device_with_the_parts_of_its_udi() -> None:
    def part(number: str, value: str) -> str:
        return f"<component>{observation(code(number), value)}</component>"

    udi = statement(
        "organizer",
        template("311"),
        '<id root="2.16.840.1.113883.3.3719" extension="(01)123"/>',
        part("C101672", '<value xsi:type="ST">LOT7</value>'),
        part("C101670", '<value xsi:type="TS" value="20301231"/>'),
        part("C101722", '<value xsi:type="II" extension="00123"/>'),
        part("C0", "<value/>"),
    )
    other = statement(
        "organizer",
        template("311"),
        '<id root="2.16.840.1.113883.3.3719" extension="(01)9"/>',
        part("C101672", '<value xsi:type="ST">NO</value>'),
    )
    implanted = statement(
        "procedure",
        '<code nullFlavor="UNK"/>',
        at("20200714"),
        device(),
        rel("COMP", udi),
        rel("COMP", other),
    )
    found = proposals(section("46264-8", entry(implanted)))
    resources = {each.resource["resourceType"]: each.resource for each in found}
    made = resources["Device"]
    assert codes(made["type"]) == ["14106009"]
    assert made["udiCarrier"] == [{"carrierHRF": "(01)123", "deviceIdentifier": "00123"}]
    assert (made["lotNumber"], made["expirationDate"], made["manufacturer"]) == (
        "LOT7",
        "2030-12-31",
        "Heartworks",
    )
    assert resources["Procedure"]["code"] == {"text": "Pacemaker"}
    assert resources["Procedure"]["focalDevice"] == [
        {"manipulated": {"reference": f"Device/{made['id']}"}}
    ]
    assert "Observation" not in resources


def test_device_without_type_is_named_by_its_model_or_doubted() -> None:
    plain = device().replace(code("14106009", SNOMED, "Pacemaker"), "")
    found = proposals(
        section("46264-8", entry(statement("procedure", APPENDECTOMY, plain))), kind="Device"
    )
    assert found[0].resource["type"] == {"text": "Beat 2"}
    empty = (
        '<participant typeCode="DEV"><participantRole><playingDevice/></participantRole>'
        "</participant>"
    )
    found = proposals(
        section("46264-8", entry(statement("procedure", APPENDECTOMY, empty))), kind="Device"
    )
    assert found == []


def test_supply_is_a_device_in_use_or_asked_for() -> None:
    used = statement("supply", template("50"), status(), when("", "20130311"), device())
    at_once = statement(
        "supply", template("50"), status("active"), at("2013"), code("1", SNOMED, "Cane")
    )
    asked = statement(
        "supply",
        template("43"),
        status("active"),
        at("2025"),
        code("1", SNOMED, "Cane"),
        mood="INT",
    )
    asked_for_device = statement("supply", template("43"), device(), mood="RQO")
    kinds = [
        each.resource
        for each in proposals(
            section("46264-8", *map(entry, (used, at_once, asked, asked_for_device)))
        )
    ]
    uses = [each for each in kinds if each["resourceType"] == "DeviceUseStatement"]
    requests = [each for each in kinds if each["resourceType"] == "DeviceRequest"]
    assert uses[0]["device"]["reference"].startswith("Device/")
    assert (uses[0]["timingPeriod"], uses[1]["timingDateTime"]) == ({"end": "2013-03-11"}, "2013")
    assert uses[1]["device"] == {"display": "Cane"}
    assert (requests[0]["codeCodeableConcept"]["text"], requests[0]["occurrenceDateTime"]) == (
        "Cane",
        "2025",
    )
    assert requests[1]["codeReference"]["reference"].startswith("Device/")


# Visits


@pytest.mark.parametrize(
    ("coded", "expected"),
    [
        (code("99213", CPT, more=code("IMP", "2.16.840.1.113883.5.4", tag="translation")), "IMP"),
        (code("99213", CPT), "AMB"),
        (code("99222", CPT), "IMP"),
        (code("99283", CPT), "EMER"),
        (code("G0402", CPT), "UNK"),
        (code("00100", CPT), "UNK"),
        ("<code/>", "UNK"),
    ],
)
def test_class_of_a_visit(coded: str, expected: str) -> None:
    found = only(
        section("46240-8", entry(statement("encounter", coded, at("2024")))), kind="Encounter"
    )
    assert found.resource["class"]["code"] == expected


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ((status(),), "finished"),
        ((at("2024"),), "finished"),
        ((when("2024"),), "unknown"),
        ((status("active"),), "in-progress"),
    ],
)
def test_status_of_a_visit(inner: tuple[str, ...], expected: str) -> None:
    found = only(
        section("46240-8", entry(statement("encounter", code("1"), *inner))), kind="Encounter"
    )
    assert found.resource["status"] == expected


def test_visit_has_people_place_reason_and_end() -> None:
    visit = statement(
        "encounter",
        code("99213", CPT, "Office visit"),
        when("20240210", "20240211"),
        performer(),
        "<performer><assignedEntity/></performer>",
        '<participant typeCode="LOC"><participantRole>'
        + code("1", SNOMED, "Ward 3")
        + "</participantRole></participant>",
        rel("RSON", observation(template("19"), code("1"), coded_value("29857009"))),
        code("01", "2.16.840.1.113883.12.112", "Home", "dischargeDispositionCode"),
    )
    resource = only(section("46240-8", entry(visit)), kind="Encounter").resource
    assert resource["type"][0]["text"] == "Office visit"
    assert resource["period"] == {"start": "2024-02-10", "end": "2024-02-11"}
    assert resource["participant"] == [{"individual": {"display": "Ben Stone"}}]
    assert resource["location"] == [{"location": {"display": "Ward 3"}}]
    assert codes(resource["reasonCode"][0]) == ["29857009"]
    assert codes(resource["hospitalization"]["dischargeDisposition"]) == ["01"]


def test_planned_visit() -> None:
    found = only(
        section("18776-5", entry(statement("encounter", code("1"), mood="APT"))), kind="Encounter"
    )
    assert found.resource["status"] == "planned"


# Plans and goals


def test_planned_things_are_requests_in_a_plan() -> None:
    test = observation(
        code("24627-2", LOINC, "Chest CT"),
        status("active"),
        at("20240501"),
        coded_value("1", display="No mass"),
        PRIORITY,
        author(),
        performer(),
        mood="RQO",
    )
    advice = act(
        template("20"),
        code("311401005"),
        "<text>Walk daily</text>",
        '<priorityCode code="UR"/>',
        mood="INT",
    )
    wrapped = act(
        rel(
            "COMP",
            statement("procedure", APPENDECTOMY, code("1", tag="targetSiteCode"), mood="RQO"),
        ),
        mood="INT",
    )
    never = act(
        code("2"),
        rel("SUBJ", act(template("20"), code("3"), "<text>Ask first</text>", mood="INT")),
        mood="INT",
        attrs='negationInd="true"',
    )
    asthma = observation(code("3"), pq("5", "mg"), mood="INT")
    worded = observation(code("3"), '<value xsi:type="ST">soon</value>', mood="INT")
    found = proposals(
        section(
            "18776-5",
            *map(entry, (test, advice, wrapped, never, asthma, worded)),
            title="Plan",
            text="All of it",
        )
    )
    requests = [
        each.resource for each in found if each.resource["resourceType"] == "ServiceRequest"
    ]
    (plan,) = [each.resource for each in found if each.resource["resourceType"] == "CarePlan"]
    assert (requests[0]["intent"], requests[0]["occurrenceDateTime"]) == ("order", "2024-05-01")
    assert [each["text"] for each in requests[0]["note"]] == ["Value: No mass", "Priority: High"]
    assert (requests[1]["patientInstruction"], requests[1]["priority"]) == ("Walk daily", "urgent")
    assert codes(requests[2]["code"]) == ["80146002"]
    assert (requests[3]["doNotPerform"], requests[3]["note"]) == (True, [{"text": "Ask first"}])
    assert (requests[4]["note"], requests[5]["note"]) == (
        [{"text": "Value: 5 mg"}],
        [{"text": "Value: soon"}],
    )
    assert [each["reference"]["reference"] for each in plan["activity"]] == [
        f"ServiceRequest/{each['id']}" for each in requests
    ]
    assert (plan["description"], plan["title"], plan["created"]) == (
        "All of it",
        "Plan",
        "2024-03-01T10:15:00-05:00",
    )


def test_goal_has_target_due_day_and_priority() -> None:
    goal = observation(
        template("121"),
        code("29463-7", LOINC, "Weight"),
        status(),
        when("20240101", "20240601"),
        pq("80", "kg"),
        PRIORITY,
        author(),
        mood="GOL",
    )
    walking = observation(template("121"), code("1", SNOMED, "Walk"), when("", "2025"), mood="GOL")
    found = proposals(section("61146-7", entry(goal), entry(walking), title="Goals"))
    goals = [each.resource for each in found if each.resource["resourceType"] == "Goal"]
    (plan,) = [each.resource for each in found if each.resource["resourceType"] == "CarePlan"]
    assert goals[0]["description"]["text"] == "Weight"
    assert goals[0]["target"][0]["detailQuantity"]["value"] == Decimal(80)
    assert codes(goals[0]["target"][0]["measure"]) == ["29463-7"]
    assert (goals[0]["startDate"], goals[0]["target"][0]["dueDate"]) == ("2024-01-01", "2024-06-01")
    assert (codes(goals[0]["priority"]), codes(goals[0]["achievementStatus"])) == (
        ["394849002"],
        ["achieved"],
    )
    assert goals[1]["target"] == [{"dueDate": "2025"}]
    assert len(plan["goal"]) == 2


def test_visits_of_a_plan_support_it() -> None:
    visit = statement("encounter", code("1"), mood="APT")
    plan = only(section("18776-5", entry(visit)), kind="CarePlan")
    assert plan.resource["supportingInfo"][0]["reference"].startswith("Encounter/")


# Family, insurance, care team


def test_what_a_relative_had() -> None:
    father = (
        "<subject><relatedSubject>"
        + code("FTH", "2.16.840.1.113883.5.111", "father")
        + (
            '<subject><name><given>Otto</given></name><administrativeGenderCode code="M"/><birthTime value="1930"/>'
            '<sdtc:deceasedInd value="true"/></subject></relatedSubject></subject>'
        )
    )
    died = rel("CAUS", observation(template("47"), code("ASSERTION"), coded_value("419099009")))
    age = rel("SUBJ", observation(template("31"), code("445518008"), pq("57", "a")))
    parts = (
        observation(
            template("46"),
            code("1"),
            at("1967"),
            coded_value("22298006", display="Heart attack"),
            died,
            age,
        ),
        observation(
            template("46"),
            code("1"),
            at("1950"),
            coded_value("44054006"),
            attrs='negationInd="true"',
        ),
        observation(template("46"), code("1"), "<text>Bad back</text>", "<value/>"),
        observation(template("46"), "<value/>"),
    )
    whole = statement(
        "organizer",
        template("45"),
        status(),
        father,
        *(f"<component>{each}</component>" for each in parts),
    )
    resource = only(section("10157-6", entry(whole)), kind="FamilyMemberHistory").resource
    assert (resource["relationship"]["text"], resource["name"], resource["bornDate"]) == (
        "father",
        "Otto",
        "1930",
    )
    assert (codes(resource["sex"]), resource["deceasedBoolean"]) == (["male"], True)
    first, second, third = resource["condition"]
    assert (codes(first["code"]), first["contributedToDeath"]) == (["22298006"], True)
    assert first["onsetAge"]["value"] == Decimal(57)
    assert second["code"] == {"text": "Not present"}
    assert second["onsetPeriod"] == {"start": "1950", "end": "1950"}
    assert third["code"] == {"text": "Bad back"}


def test_relative_of_a_single_observation_and_the_day_of_death() -> None:
    alone = observation(
        template("46"),
        '<subject><relatedSubject><subject><sdtc:deceasedTime value="19991231"/></subject></relatedSubject></subject>',
        coded_value("22298006"),
        rel("CAUS", observation(template("47"), code("ASSERTION"), coded_value("419099009"))),
    )
    resource = only(section("10157-6", entry(alone)), kind="FamilyMemberHistory").resource
    assert (resource["relationship"], resource["deceasedDate"]) == (
        {"text": "Relative"},
        "1999-12-31",
    )
    assert codes(resource["condition"][0]["code"]) == ["22298006"]


def test_insurance_names_payer_member_and_relation() -> None:
    def who(role: str, name: str) -> str:
        named = f"<representedOrganization><name>{name}</name></representedOrganization>"
        role_code = code(role, "2.16.840.1.113883.5.110")
        return f"<performer><assignedEntity>{role_code}{named}</assignedEntity></performer>"

    policy = act(
        template("61"),
        code("12", "2.16.840.1.113883.3.221.5", "Medicare"),
        status(),
        who("PAYOR", "Good Health"),
        who("GUAR", "Otto Whitlow"),
        "<performer><assignedEntity/></performer>",
        '<participant typeCode="COV">'
        + when("2020", "2030", "time")
        + '<participantRole><id root="1.2" extension="M-5"/>'
        + code("SELF")
        + "</participantRole></participant>",
        '<participant typeCode="HLD"><participantRole><id root="1.2" extension="M-9"/>'
        "<playingEntity><name><given>Otto</given></name></playingEntity></participantRole></participant>",
        '<participant typeCode="X"/>',
    )
    wrapped = act(template("60"), code("48768-6", LOINC), rel("COMP", policy))
    resource = only(section("48768-6", entry(wrapped)), kind="Coverage").resource
    assert (resource["type"]["text"], resource["payor"]) == (
        "Medicare",
        [{"display": "Good Health"}],
    )
    assert (resource["subscriberId"], codes(resource["relationship"])) == ("M-5", ["SELF"])
    assert resource["period"] == {"start": "2020", "end": "2030"}
    assert resource["policyHolder"] == {"display": "Otto"}
    assert resource["beneficiary"]["reference"].startswith("Patient/")
    assert resource["extension"][0]["valueString"] == "Otto Whitlow"


def test_policy_without_template_and_empty_policy() -> None:
    bare = act(
        '<participant typeCode="HLD"><participantRole><id extension="M-9"/></participantRole></participant>'
    )
    resource = only(section("48768-6", entry(bare)), kind="Coverage").resource
    assert resource["subscriberId"] == "M-9"
    assert resource["payor"][0]["extension"][0]["valueCode"] == "unknown"
    assert not proposals(section("48768-6", entry(act(template("61")))), kind="Coverage")


def test_care_team_has_members_with_roles() -> None:
    role = code("PCP", "2.16.840.1.113883.5.88", "primary care", "functionCode")
    member = (
        f"<performer>{role}<assignedEntity>{person('Mia', 'Field')}</assignedEntity></performer>"
    )
    nobody = "<performer><assignedEntity/></performer>"
    acts = f"<component>{act(template('500.1'), when('2018'), member, nobody)}</component>"
    team = statement(
        "organizer",
        template("500"),
        code("86744-0", LOINC, "Care Team"),
        status("active"),
        performer(),
        acts,
    )
    resource = only(section("85847-2", entry(team)), kind="CareTeam").resource
    assert (resource["name"], resource["status"]) == ("Care Team", "active")
    assert resource["participant"][0]["member"] == {"display": "Mia Field"}
    assert resource["participant"][0]["role"][0]["text"] == "primary care"
    assert resource["participant"][0]["period"] == {"start": "2018"}
    assert resource["participant"][1] == {"member": {"display": "Ben Stone"}}
    untold = statement("organizer", acts)
    assert only(section("85847-2", entry(untold)), kind="CareTeam")
