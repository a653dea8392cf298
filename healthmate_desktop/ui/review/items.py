"""Proposals as they are listed for a check: what each says, why it needs a look, and which come first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.ui.documents.record_words import Said, said_of
from healthmate_desktop.ui.documents.sheet import Sheet
from healthmate_desktop.ui.documents.value_list import ValueRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.ids import RecordId
    from healthmate_desktop.domain.records import Record, Standing
    from healthmate_desktop.services.review import Review, Reviewed

HEADINGS: dict[Standing, str] = {
    "look": "Look at these",
    "plain": "Nothing speaks against these",
    "here": "Already in the records",
}


@dataclass(frozen=True, slots=True)
class Here:
    """What the records say already, and where that is from."""

    said: Said
    source: str


@dataclass(frozen=True, slots=True)
class Item:
    """One proposal, made ready off the GUI thread."""

    record: Record
    said: Said
    standing: Standing
    reasons: tuple[str, ...]
    twin: Here | None
    rivals: tuple[Here, ...]
    rival_ids: tuple[RecordId, ...]


def items_of(review: Review, names: Mapping[str, str]) -> list[Item]:
    """`names` are those of documents."""
    return [_item(reviewed, names) for reviewed in review.proposals]


def rows_of(items: Iterable[Item]) -> list[ValueRow]:
    """With a heading above each kind."""
    rows: list[ValueRow] = []
    standing = ""
    for item in items:
        if item.standing != standing:
            standing = item.standing
            rows.append(ValueRow("", HEADINGS[item.standing]))
        rows.append(_row(item))
    return rows


def left_words(counts: Mapping[Standing, int]) -> str:
    """How many are left, by what they need."""
    words: dict[Standing, tuple[str, str]] = {
        "look": ("needs a look", "need a look"),
        "plain": ("with nothing against it", "with nothing against them"),
        "here": ("is in the records already", "are in the records already"),
    }
    left = {standing: counts.get(standing, 0) for standing in words}
    parts = [f"{count:,} {words[each][count != 1]}" for each, count in left.items() if count]
    return ", ".join(parts)


def _item(reviewed: Reviewed, names: Mapping[str, str]) -> Item:
    record = reviewed.record
    twin = _here(reviewed.twin, names) if reviewed.twin else None
    rivals = tuple(_here(rival, names) for rival in reviewed.rivals)
    reasons = list(record.doubts)
    if rivals:
        reasons.append(
            f"The records say {rivals[0].said.value or 'something else'} for the same time."
        )
    return Item(
        record=record,
        said=said_of(record),
        standing=reviewed.standing,
        reasons=tuple(reasons),
        twin=twin,
        rivals=rivals,
        rival_ids=tuple(rival.id for rival in reviewed.rivals),
    )


def _here(record: Record, names: Mapping[str, str]) -> Here:
    return Here(said_of(record), names.get(record.document_id or "", "what was entered by hand"))


def _row(item: Item) -> ValueRow:
    said, key = item.said, item.record.id
    if item.standing == "look":
        return ValueRow(key, said.name, said.value, item.reasons[0], "alert", "warn")
    if item.twin:
        detail = f"From {item.twin.source}"
        return ValueRow(key, said.name, said.value, detail, "check", "text_faint")
    kind = "" if item.record.type == "Observation" else said.kind
    detail = ", ".join(part for part in (kind, said.when, said.status, said.flag) if part)
    return ValueRow(key, said.name, said.value, detail)


def printed_words(item: Item) -> str:
    """The very letters that it was read from, which no correction changes."""
    printed = " ".join(item.record.text.split())
    where = "On the page" if item.record.spot.page else "In the file"
    return f"{where}: {printed}" if printed else ""


def slip_of(document: Document, item: Item) -> Sheet:
    """What stands in place of a page where a document has none: where in it, and in which words."""
    where = item.record.spot.where
    lines = [where[:1].upper() + where[1:]] if where else []
    lines.append(item.record.text or item.said.whole)
    lines.append("This kind of file has no pages to look at.")
    return Sheet(f"{document.name}, {where}", "\n\n".join(lines))
