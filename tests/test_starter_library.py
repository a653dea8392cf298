"""The starter library: every topic is complete, plain, sourced and safe to quote sentence by sentence."""

import datetime as dt
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from authorities import AUTHORITIES

pytestmark = pytest.mark.health

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "library" / "en"
FILES = sorted(FOLDER.glob("*.md"))
FIELDS = {
    "title",
    "slug",
    "synonyms",
    "audience",
    "category",
    "authorities",
    "date",
    "review",
    "licence",
}
CATEGORIES = {"condition", "medicine", "test", "first-aid"}
OFFICIAL = AUTHORITIES | {  # who may be named, and where that authority publishes
    "NIH": {"ods.od.nih.gov"},
    "WHO": {"www.who.int"},
}
HARDEST = 9.5  # Flesch-Kincaid school grade that a topic may reach; names of medicines alone cost two grades
USUAL = 7.5  # and what the library as a whole may reach
SHARED_WORDS = 8  # this many words in a row stand in one topic only
FORMULA = re.compile(
    r"^call the emergency number (?:or go to hospital at once |at once )?(?:for|if|after)?"
)
AMERICAN = re.compile(
    r"\b(?:anemia|celiac|color|diarrhea|edema|estrogen|feces|fiber|hemo\w+|leukemia|pediatric\w*|tumor)\b",
    re.IGNORECASE,
)
CHECK = "Check against: "
DOSE = re.compile(
    r"\b\d[\d,.]*\s?(?:mg|g|ml|micrograms?|mcg|units?|puffs?)\b[^.!?]{0,60}?"
    r"\b(?:every|per day|a day|each day|daily|once|twice|times|in 24 hours|at a time|a week)\b",
    re.IGNORECASE,
)
LEANS_ON_ANOTHER = re.compile(r"^(?:It|They|He|She|This|That|These|Those|Its|Their|Also|But|And)\b")


@dataclass(frozen=True)
class Topic:
    meta: dict[str, object]
    body: str

    def sections(self) -> dict[str, str]:
        parts = re.split(r"^## (.+)$", self.body, flags=re.MULTILINE)
        return {parts[i].strip(): parts[i + 1].strip() for i in range(1, len(parts), 2)}

    def sentences(self) -> list[str]:
        found: list[str] = []
        for line in self.body.splitlines():
            text = line.removeprefix("- ").strip()
            if text and not text.startswith(("#", CHECK)):
                found += re.split(r"(?<=[.!?])\s+(?=[A-Z0-9])", text)
        return found

    def authorities(self) -> dict[str, str]:
        authorities = self.meta["authorities"]
        assert isinstance(authorities, list)
        return {entry["name"]: entry["url"] for entry in authorities}

    def synonyms(self) -> list[str]:
        synonyms = self.meta["synonyms"]
        assert isinstance(synonyms, list)
        return synonyms

    def runs_of_words(self) -> dict[str, str]:
        """Every run of SHARED_WORDS words, with its sentence; 6.5, mmol/mol and HbA1c are one word each."""
        runs: dict[str, str] = {}
        for sentence in self.sentences():
            words = re.findall(r"[\w.'/-]*\w", FORMULA.sub("", sentence.lower()))
            for start in range(len(words) - SHARED_WORDS + 1):
                runs[" ".join(words[start : start + SHARED_WORDS])] = sentence
        return runs


@cache
def topic(path: Path) -> Topic:
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    meta = yaml.safe_load(head)
    assert isinstance(meta, dict)
    return Topic(meta, body)


def syllables(word: str) -> int:
    plain = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", plain))
    silent = plain.endswith("e") and not plain.endswith(("le", "ee"))
    return max(1, groups - silent)


def reading_grade(sentences: list[str]) -> float:
    """Flesch-Kincaid school grade; numbers and units are not counted as words."""
    words = [word for s in sentences for word in re.findall(r"[A-Za-z][A-Za-z'-]*", s)]
    per_word = sum(map(syllables, words)) / len(words)
    return 0.39 * len(words) / len(sentences) + 11.8 * per_word - 15.59


each_topic = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def test_library_holds_at_least_200_topics_of_every_category() -> None:
    assert len(FILES) >= 200
    assert {topic(path).meta["category"] for path in FILES} == CATEGORIES


def test_titles_and_slugs_are_unique() -> None:
    for field in ("title", "slug"):
        counted = Counter(str(topic(path).meta[field]).lower() for path in FILES)
        assert [value for value, count in counted.items() if count > 1] == []


def test_two_topics_do_not_share_a_sentence() -> None:
    counted = Counter(s for path in FILES for s in {s.lower() for s in topic(path).sentences()})
    assert [sentence for sentence, count in counted.items() if count > 1] == []


def test_no_topic_is_written_after_the_pattern_of_another() -> None:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in FILES:
        for run, sentence in topic(path).runs_of_words().items():
            found[run].append(f"{path.stem}: {sentence}")
    assert [where for where in found.values() if len(where) > 1] == []


def test_library_as_a_whole_reads_like_a_newspaper_for_everyone() -> None:
    grades = [reading_grade(topic(path).sentences()) for path in FILES]
    assert sum(grades) / len(grades) <= USUAL


@each_topic
def test_front_matter_is_complete_and_says_it_is_unreviewed(path: Path) -> None:
    meta = topic(path).meta
    assert set(meta) == FIELDS
    assert meta["slug"] == path.stem
    assert meta["category"] in CATEGORIES
    assert isinstance(meta["date"], dt.date)
    assert meta["review"] == "not reviewed by a clinician"
    assert meta["licence"] == "MIT"
    assert isinstance(meta["audience"], str)
    synonyms = topic(path).synonyms()
    assert len(synonyms) >= 3
    assert all(isinstance(synonym, str) for synonym in synonyms)
    assert len({synonym.lower() for synonym in synonyms}) == len(synonyms)


@each_topic
def test_authorities_are_pages_of_the_authority_that_is_named(path: Path) -> None:
    authorities = topic(path).authorities()
    assert authorities
    assert len(set(authorities.values())) == len(authorities)
    for name, url in authorities.items():
        assert re.fullmatch(r"https://[a-z.]+/[\w./()-]*", url)
        who, _, code = name.partition(",")[0].partition(" ")
        assert urlsplit(url).hostname in OFFICIAL[who]
        if who == "NICE":
            assert url.endswith(f"/guidance/{code.lower()}")


@each_topic
def test_every_check_line_names_an_authority_whose_page_is_listed(path: Path) -> None:
    named = {
        name
        for line in topic(path).body.splitlines()
        if line.startswith(CHECK)
        for name in line.removeprefix(CHECK).removesuffix(".").split("; ")
    }
    assert named
    assert named == set(topic(path).authorities())


@each_topic
def test_every_section_of_facts_ends_with_its_authority(path: Path) -> None:
    for heading, text in topic(path).sections().items():
        if heading != "Questions to ask":
            assert text.splitlines()[-1].startswith(CHECK), heading


@each_topic
def test_a_dose_stands_only_right_above_its_source(path: Path) -> None:
    for heading, text in topic(path).sections().items():
        for part in re.split(rf"(?<=\n{CHECK}).*$", text, flags=re.MULTILINE):
            if DOSE.search(part):
                assert part.endswith(CHECK), heading


@each_topic
def test_medicine_is_called_by_its_substance_and_never_by_a_brand(path: Path) -> None:
    found = topic(path)
    if found.meta["category"] == "medicine":
        brands = [name for name in found.synonyms() if re.fullmatch(r"[A-Z][a-z]{3,}", name)]
        assert [name for name in brands if re.search(rf"\b{name}\b", found.body)] == []


@each_topic
def test_text_is_british_english(path: Path) -> None:
    assert AMERICAN.findall(" ".join(topic(path).sentences())) == []


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("anemia", "anaemia"),
        ("hemorrhoids", "haemorrhoids"),
        ("diarrhea", "diarrhoea"),
        ("sleep apnea", "sleep-apnoea"),
        ("Pap test", "cervical-screening"),
        ("acetaminophen", "paracetamol"),
        ("estrogen", "hrt"),
        ("water tablets", "furosemide-spironolactone"),
        ("blood poisoning", "sepsis"),
        ("tummy bug", "child-vomiting-diarrhoea"),
        ("flu shot", "flu-covid-vaccines"),
        ("questions for doctor", "preparing-a-visit"),
    ],
)
def test_word_that_people_use_leads_to_the_topic(word: str, slug: str) -> None:
    assert word in topic(FOLDER / f"{slug}.md").synonyms()


@each_topic
def test_topic_says_when_to_get_help(path: Path) -> None:
    found = topic(path)
    text = found.sections()["When to get help"]
    assert CHECK in text
    if found.meta["category"] in {"medicine", "first-aid"}:
        assert "emergency number" in text


@each_topic
def test_topic_is_plain_and_of_a_readable_length(path: Path) -> None:
    found = topic(path)
    sentences = found.sentences()
    assert 250 <= len(found.body.split()) <= 500
    assert max(len(sentence.split()) for sentence in sentences) <= 40
    assert reading_grade(sentences) <= HARDEST


@each_topic
def test_every_sentence_can_be_quoted_alone(path: Path) -> None:
    found = topic(path)
    assert [s for s in found.sentences() if LEANS_ON_ANOTHER.match(s)] == []
    assert [s for s in found.sentences() if s[-1] not in ".?"] == []


@pytest.mark.parametrize(
    ("slug", "fact"),
    [
        ("paracetamol", "4 g in 24 hours"),
        ("ibuprofen-nsaids", "1,200 mg of ibuprofen in 24 hours"),
        ("high-blood-pressure", "140/90 mmHg"),
        ("type-2-diabetes", "6.5 % (48 mmol/mol)"),
        ("low-blood-sugar", "15 to 20 g of fast sugar"),
        ("asthma", "every 30 to 60 seconds, up to 10 puffs"),
        ("stroke", "Do not give food, drink or aspirin"),
        ("metformin", "eGFR is below 30"),
        ("pregnancy-basics", "400 micrograms a day"),
        ("fever-in-children", "Aspirin must not be given to children under 16."),
        ("anaphylaxis", "after 5 minutes"),
        ("cpr", "5 to 6 cm, 100 to 120 times a minute"),
        ("burns", "20 to 30 minutes"),
    ],
)
def test_number_that_keeps_people_safe_has_not_changed(slug: str, fact: str) -> None:
    assert fact in topic(FOLDER / f"{slug}.md").body


def test_a_dose_without_a_source_would_be_noticed() -> None:
    assert DOSE.search("Adults take 500 mg every six hours.")
    assert DOSE.search("The most is 4 g in 24 hours.")
    assert not DOSE.search("A fasting glucose of 126 mg/dL or more is high.")
