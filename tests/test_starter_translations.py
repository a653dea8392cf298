"""The starter topics in Spanish and French are held to the form of the English ones, and to their own language."""

import datetime as dt
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from authorities import AUTHORITIES

from healthmate_desktop.domain.languages import language_of
from healthmate_desktop.interop.topics import Topic, parse_topic

pytestmark = pytest.mark.health

LIBRARY = Path(__file__).resolve().parents[1] / "resources" / "library"
FILES = sorted(path for code in ("es", "fr") for path in (LIBRARY / code).glob("*.md"))
CHECK = {"es": "Comprobar con: ", "fr": "À vérifier auprès de : "}
HELP = {"es": "Cuándo pedir ayuda", "fr": "Quand demander de l'aide"}
EMERGENCY = {"es": "número de emergencias", "fr": "numéro d'urgence"}
FOREIGN = {"es": "(en inglés)", "fr": "(en anglais)"}
QUESTIONS = {"es": "Preguntas para hacer", "fr": "Questions à poser"}
HOSTS = AUTHORITIES | {
    "Ameli": {"www.ameli.fr"},
    "OMS": {"www.who.int"},
    "Santé": {"vaccination-info-service.fr"},  # Santé publique France
}
DOSE = re.compile(
    r"\b\d[\d,.]*\s?(?:mg|g|ml|microgramos|microgrammes|unidades|unités)\b[^.!?]{0,60}?"
    r"\b(?:cada|al día|por día|diarios?|en 24 horas|par jour|par prise|toutes les|en 24 heures)\b",
    re.IGNORECASE,
)
EASIEST_NEEDED = {"es": 60, "fr": 60}  # of 100; 60 is "normal" on both scales
each_topic = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def topic(path: Path) -> Topic:
    return parse_topic(path.read_text(encoding="utf-8"))


def sections(found: Topic) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", found.body, flags=re.MULTILINE)
    return {parts[i].strip(): parts[i + 1].strip() for i in range(1, len(parts), 2)}


def sentences(found: Topic) -> list[str]:
    said: list[str] = []
    for line in found.body.splitlines():
        text = line.removeprefix("- ").strip()
        if text and not text.startswith(("#", CHECK[found.language])):
            said += re.split(r"(?<=[.!?])\s+(?=[^\Wa-z_]|¿)", text)
    return said


def syllables(word: str, language: str) -> int:
    word = word.lower()
    if language == "fr" and len(word) > 3:
        word = re.sub(r"(?<=[^aeiouyéèêà])e(?:s|nt)?$", "", word)
    return max(1, len(re.findall(r"[aeiouyáéíóúàâèêëîïôöùûüœ]+", word)))


def ease(found: Topic) -> float:
    """Fernández Huerta (1959) for Spanish, Kandel and Moles (1958) for French: Flesch's scale, 100 = very easy."""
    said = sentences(found)
    words = [word for sentence in said for word in re.findall(r"[^\W\d_]+", sentence)]
    long = len(words) / len(said)
    heavy = sum(syllables(word, found.language) for word in words) / len(words)
    if found.language == "es":
        return 206.84 - 60 * heavy - 1.02 * long
    return 207 - 1.015 * long - 73.6 * heavy


def test_sixty_topics_in_each_language_have_an_english_one_and_a_name_of_their_own() -> None:
    assert len(FILES) == 120
    for path in FILES:
        code = path.parent.name
        assert topic(path).slug == path.stem
        assert topic(path).language == code
        english = topic(LIBRARY / "en" / f"{path.stem.removesuffix(f'-{code}')}.md")
        assert topic(path).category == english.category


@each_topic
def test_front_matter_says_it_is_unreviewed(path: Path) -> None:
    found = topic(path)
    assert found.review == "not reviewed by a clinician"
    assert found.licence == "MIT"
    assert found.published >= dt.date(2026, 1, 1)
    assert len(found.synonyms) >= 3
    assert len(set(found.synonyms)) == len(found.synonyms)


@each_topic
def test_authorities_are_official_and_a_page_in_english_says_so(path: Path) -> None:
    for authority in topic(path).authorities:
        name = re.split(r"[ ,]", authority.name)[0]
        assert urlsplit(authority.url).hostname in HOSTS[name]
        if name in {"NHS", "NICE", "CDC", "FDA", "HRSA", "NIDDK"}:
            assert authority.name.endswith(FOREIGN[topic(path).language]), authority


@each_topic
def test_every_section_of_facts_ends_with_an_authority_that_is_listed(path: Path) -> None:
    found = topic(path)
    check, named = CHECK[found.language], set()
    for heading, text in sections(found).items():
        last = text.splitlines()[-1]
        if heading != QUESTIONS[found.language]:
            assert last.startswith(check), heading
        if last.startswith(check):
            named |= set(re.split(r"\s?; ", last.removeprefix(check).removesuffix(".")))
    assert named == {authority.name for authority in found.authorities}


@each_topic
def test_a_dose_stands_only_in_a_section_with_its_source(path: Path) -> None:
    for heading, text in sections(topic(path)).items():
        if DOSE.search(text):
            assert CHECK[topic(path).language] in text, heading


@each_topic
def test_topic_says_when_to_get_help_and_names_no_number_of_one_country(path: Path) -> None:
    found = topic(path)
    assert CHECK[found.language] in sections(found)[HELP[found.language]]
    if found.category in {"medicine", "first-aid"}:
        assert EMERGENCY[found.language] in found.body
    assert not re.search(r"\b(?:911|999|112|3114)\b", found.body)


@each_topic
def test_text_is_short_plain_and_in_its_language(path: Path) -> None:
    found = topic(path)
    assert 250 <= len(found.body.split()) <= 620
    assert max(len(sentence.split()) for sentence in sentences(found)) <= 45
    assert ease(found) >= EASIEST_NEEDED[found.language]
    assert language_of(found.body) == found.language
    assert [s for s in sentences(found) if s[-1] not in ".?!»"] == []
    if found.language == "es":
        assert all("¿" in s for s in sentences(found) if s.endswith("?"))
    else:
        assert not re.search(r"[^\s  ][?;:](?:\s|$)", " ".join(sentences(found)))


def test_a_dose_without_a_source_would_be_noticed() -> None:
    assert DOSE.search("Los adultos toman 500 mg cada seis horas.")
    assert DOSE.search("Jamais plus de 4 g par jour.")
