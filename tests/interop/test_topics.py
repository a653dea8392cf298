"""Starter topics: read whole, or refused with the name of what is wrong."""

from datetime import date

import pytest

from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.interop.topics import Authority, parse_topic

pytestmark = pytest.mark.unit

HEAD = {
    "title": "Hay fever",
    "slug": "hay-fever",
    "synonyms": "[pollen allergy, sneezing]",
    "audience": "adults",
    "category": "condition",
    "authorities": "[{name: 'A, Page', url: https://example.org/page}]",
    "date": "2026-01-31",
    "review": "not reviewed by a clinician",
    "licence": "MIT",
}
BODY = "# Hay fever\n\n## Signs\n\nSneezing is a sign.\n\n---\n\nMore."


def topic(*, body: str = BODY, **changes: str | None) -> str:
    head = {key: value for key, value in (HEAD | changes).items() if value is not None}
    return (
        "---\n" + "".join(f"{key}: {value}\n" for key, value in head.items()) + f"---\n\n{body}\n"
    )


def test_topic_comes_with_its_head_and_its_body() -> None:
    read = parse_topic(topic())
    assert (read.title, read.slug, read.category) == ("Hay fever", "hay-fever", "condition")
    assert read.synonyms == ("pollen allergy", "sneezing")
    assert read.authorities == (Authority(name="A, Page", url="https://example.org/page"),)
    assert read.url == "https://example.org/page"
    assert read.published == date(2026, 1, 31)
    assert (read.review, read.licence) == ("not reviewed by a clinician", "MIT")
    assert read.body == BODY


def test_files_saved_on_windows_are_read_too() -> None:
    assert parse_topic("\ufeff" + topic().replace("\n", "\r\n")).body == BODY


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", None),
        ("title", "'  '"),
        ("slug", "Hay Fever"),
        ("slug", "../up"),
        ("synonyms", "sneezing"),
        ("category", "recipe"),
        ("authorities", "[]"),
        ("authorities", "[{name: A, url: 'http://example.org'}]"),
        ("authorities", "[{name: A, url: 'javascript:alert(1)'}]"),
        ("date", "yesterday"),
        ("date", "20260131"),
        ("licence", None),
        ("author", "Someone"),
    ],
)
def test_wrong_field_is_named(field: str, value: str | None) -> None:
    with pytest.raises(InvalidInput, match=f": {field}\\. Correct"):
        parse_topic(topic(**{field: value}))  # type: ignore[arg-type]  # body is not among them


def test_topic_without_text_is_refused() -> None:
    with pytest.raises(InvalidInput, match="body"):
        parse_topic(topic(body=""))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Only Markdown",
        "---\ntitle: never closed\n",
        "---\n- a\n- list\n---\nText",
        "---\n: [\n---\nText",
        "---\nbody: hidden\n---\nText",
        "---\nwhen: 2026-99-99\n---\nText",
        "---\n" + "[" * 5000 + "\n---\nText",
        "---\nx: !!python/object/apply:os.system [ls]\n---\nText",
        topic() + "x" * 200_000,
    ],
)
def test_what_is_no_topic_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="Correct the file"):
        parse_topic(text)
