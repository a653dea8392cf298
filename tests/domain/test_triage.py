"""What people write, and how soon the rules say it needs care.

The messages are in triage_cases.toml, all made up for this project.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from healthmate_desktop.domain.triage import NOT_READ, Level, Triage, TriageRules

pytestmark = [pytest.mark.unit, pytest.mark.health]

RESOURCES = Path(__file__).parents[2] / "resources" / "rules"
CASES: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("triage_cases.toml").read_text(encoding="utf-8")
)
LEVELS = {
    "emergency": Level.EMERGENCY,
    "urgent": Level.URGENT,
    "routine": Level.ROUTINE,
    "self_care": Level.SELF_CARE,
    "calm": Level.SELF_CARE,
    "none": Level.NONE,
}

FALSE_ALARMS = {
    # the second half alone would be an emergency
    "my neighbour had a stroke in spring and now cannot speak, how can I talk with her",
}


def texts(*kinds: str) -> list[str]:
    """All messages of lists such as "crisis", "crisis_stories", "crisis_last"."""
    endings = ("", "_stories", "_stories_3", "_3", "_last", "_final", "_end")
    return [text for kind in kinds for end in endings for text in CASES.get(kind + end, [])]


@pytest.fixture(scope="module")
def rules() -> TriageRules:
    return TriageRules.parse(
        (RESOURCES / "emergency.toml").read_text(encoding="utf-8"),
        (RESOURCES / "numbers.toml").read_text(encoding="utf-8"),
    )


def kinds(triage: Triage) -> set[str]:
    return {number.kind for number in triage.numbers}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind in LEVELS for text in texts(kind)]
)
def test_message_gets_the_level_a_careful_nurse_would_choose(
    rules: TriageRules, kind: str, text: str
) -> None:
    assert rules.triage(text).level is LEVELS[kind]


@pytest.mark.parametrize("text", texts("crisis"))
def test_crisis_message_is_met_with_a_crisis_line(rules: TriageRules, text: str) -> None:
    triage = rules.triage(text)

    assert triage.level is Level.EMERGENCY
    assert "crisis" in kinds(triage)


@pytest.mark.parametrize("text", texts("crisis_false"))
def test_figure_of_speech_is_no_crisis(rules: TriageRules, text: str) -> None:
    triage = rules.triage(text)

    assert triage.level is not Level.EMERGENCY
    assert "crisis" not in kinds(triage)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            text, marks=pytest.mark.xfail(text in FALSE_ALARMS, reason="known false alarm")
        )
        for text in texts("not_emergency", "tricky")
    ],
)
def test_denied_past_or_asked_about_is_no_emergency(rules: TriageRules, text: str) -> None:
    assert rules.triage(text).level is not Level.EMERGENCY


def test_every_list_of_the_case_file_is_used() -> None:
    used = texts(*LEVELS, "crisis", "crisis_false", "not_emergency", "tricky")

    assert len(used) == sum(map(len, CASES.values())) > 1000


def test_reason_quotes_the_words_that_fired_it(rules: TriageRules) -> None:
    text = "Since lunch my mother's Face  is DROOPING, what now?"

    reasons = rules.triage(text).reasons

    assert reasons[0].rule == "stroke"
    assert reasons[0].quote == "Face is DROOPING"


def test_quote_stays_short(rules: TriageRules) -> None:
    long = "chest pain " + "and more and more words " * 40

    assert all(len(reason.quote) <= 160 for reason in rules.triage(long).reasons)


@pytest.mark.parametrize(
    ("country", "emergency", "crisis", "poison"),
    [
        ("US", "911", "988", "1-800-222-1222"),
        ("gb", "999", "116 123", "111"),
        ("FR", "15", "3114", "01 40 05 48 48"),
        ("", "112", "112", "112"),
        ("XX", "112", "112", "112"),
        ("VN", "115", "115", "115"),
    ],
)
def test_numbers_are_those_of_the_country(
    rules: TriageRules, country: str, emergency: str, crisis: str, poison: str
) -> None:
    triage = rules.triage("I took 30 paracetamol tablets because I want to die", country)

    assert {n.kind: n.number for n in triage.numbers} == {
        "emergency": emergency,
        "crisis": crisis,
        "poison": poison,
    }
    assert emergency in triage.advice


def test_crisis_speaks_before_poison_advice(rules: TriageRules) -> None:
    triage = rules.triage("I took 30 paracetamol tablets because I want to die", "US")

    assert "crisis line" in triage.advice
    assert triage.numbers[0].kind == "crisis"
    assert any("vomit" in step for step in triage.steps)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("SpO2 91%", Level.EMERGENCY),
        ("SpO2 92%", Level.NONE),
        ("blood pressure 180/110", Level.URGENT),
        ("blood pressure 150/120", Level.URGENT),
        ("blood pressure 180/110 and a headache", Level.EMERGENCY),
        ("blood pressure 179/100", Level.ROUTINE),
        ("blood sugar 2.9", Level.EMERGENCY),
        ("blood sugar 3.1", Level.URGENT),
        ("glucose 53 mg/dl", Level.EMERGENCY),
        ("glucose 20.5 mmol/L and I keep vomiting", Level.EMERGENCY),
        ("glucose 380 mg/dl and vomiting", Level.EMERGENCY),
        ("temperature 40", Level.EMERGENCY),
        ("temperature 39,4 C since today", Level.SELF_CARE),
        ("temp 104 F", Level.EMERGENCY),
        ("fever for 40 hours", Level.SELF_CARE),
        ("11 week old, temperature 38.0", Level.EMERGENCY),
        ("11 week old, temperature 100.4", Level.EMERGENCY),
        ("11 week old, temperature 37.4", Level.NONE),
        ("pulse 34", Level.EMERGENCY),
        ("pulse 72", Level.NONE),
    ],
)
def test_measurements_count_at_their_limits(rules: TriageRules, text: str, level: Level) -> None:
    assert rules.triage(text).level is level


@pytest.mark.parametrize(
    "text",
    [
        "I CANT BREATHE",
        "I can\u2019t breathe",
        "i can not breath",
        "i cannot brethe",
        "i cant breatheeee",
        "I ca\u00adn't bre\u200bathe",
        "\uff29 can't \uff42\uff52\uff45\uff41\uff54\uff48\uff45",
        "chest presure and swaeting",
        "he is unconcious",
        "having a siezure",
        "i want to comit suicde",
    ],
)
def test_spelling_case_and_odd_characters_do_not_hide_an_emergency(
    rules: TriageRules, text: str
) -> None:
    assert rules.triage(text).level is Level.EMERGENCY


@pytest.mark.parametrize(
    ("denied", "told"),
    [
        ("no chest pain", "no fever but chest pain"),
        ("denies chest pain, sweating or jaw pain", "denies fever, he has chest pain"),
        ("chest pain was ruled out", "heartburn was ruled out, I have chest pain"),
        ("I have never had a seizure", "I have never had a seizure before today, now I had one"),
        ("without any trouble breathing", "I can't sleep because of trouble breathing"),
        ("my father had a stroke", "my father just had a stroke"),
        ("I had a stroke in 2010", "I had a stroke in 2010 and now my face is drooping"),
        ("what is a stroke", "what is happening, my mouth is drooping"),
        ("if someone has a seizure", "my son has a seizure"),
        ("no chest pain and", "no fever and I have chest pain"),
        ("history of stroke", "history of asthma, presents with slurred speech"),
    ],
)
def test_what_is_denied_or_told_reaches_only_as_far_as_it_is_meant(
    rules: TriageRules, denied: str, told: str
) -> None:
    assert rules.triage(denied).level is not Level.EMERGENCY
    assert rules.triage(told).level is Level.EMERGENCY


def test_emergency_at_either_end_of_a_huge_text_is_found(rules: TriageRules) -> None:
    filler = "The garden is green. " * 10_000

    assert rules.triage("I can't breathe. " + filler).level is Level.EMERGENCY
    assert rules.triage(filler + "I can't breathe.").level is Level.EMERGENCY


def test_advice_is_calm_and_ends_with_what_to_do(rules: TriageRules) -> None:
    for text in (*texts("emergency", "crisis", "urgent", "routine", "self_care"), "hello"):
        triage = rules.triage(text, "GB")
        said = [triage.advice, *triage.steps]
        assert triage.advice.endswith(".")
        assert not any("!" in part or "{" in part for part in said)
        assert (triage.level is Level.NONE) == (not triage.reasons)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mi hijo se tragó unas pilas y no para de llorar", "sobre todo inglés"),
        ("Sa langue a gonflé après des cacahuètes", "surtout l'anglais"),
    ],
)
def test_who_writes_in_a_language_that_is_not_read_is_told_so_and_whom_to_call(
    rules: TriageRules, text: str, said: str
) -> None:
    found = rules.triage(text, "ES")
    assert found.level not in {Level.EMERGENCY, Level.URGENT}
    assert found.reasons[-1] == NOT_READ
    assert said in found.advice
    assert "112" in found.advice
    assert [number.number for number in found.numbers] == ["112"]


def test_emergency_that_is_understood_speaks_before_the_language(rules: TriageRules) -> None:
    found = rules.triage("Tengo un dolor muy fuerte en el pecho que va al brazo")
    assert found.level is Level.EMERGENCY
    assert NOT_READ not in found.reasons


def test_nothing_is_called_harmless_in_a_language_that_is_hardly_read(rules: TriageRules) -> None:
    found = rules.triage("J'ai une douleur très forte depuis ce matin")
    assert "urgence" in found.advice
    assert NOT_READ in found.reasons
