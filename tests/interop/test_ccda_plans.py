"""Plans of C-CDA: what is asked for, the goals, and the visits to come."""

from decimal import Decimal

import pytest
from ccda_builders import (
    APPENDECTOMY,
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
    pq,
    proposals,
    rel,
    section,
    statement,
    status,
    template,
    when,
)

pytestmark = pytest.mark.unit

PRIORITY = rel(
    "REFR",
    observation(template("143"), code("225773000"), coded_value("394849002", display="High")),
)


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
