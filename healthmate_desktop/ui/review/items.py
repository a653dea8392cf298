"""Proposals as they are listed for a check: what each says, why it needs a look, and which come first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.ui.documents.record_words import Said, said_of
from healthmate_desktop.ui.documents.sheet import Sheet
from healthmate_desktop.ui.documents.value_list import ValueRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.records import Record
    from healthmate_desktop.services.review import Review, Reviewed

Group = Literal["look", "plain", "here"]
HEADINGS: dict[Group, str] = {
    "look": "Look at these",
    "plain": "Nothing speaks against these",
    "here": "Already in the records",
}
MOST_LISTED = 2000  # the others come as these are checked


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
    group: Group
    reasons: tuple[str, ...]
    twin: Here | None
    rivals: tuple[Here, ...]
    rival_records: tuple[Record, ...]


def items_of(review: Review, names: Mapping[str, str]) -> list[Item]:
    """Those that need a look first, those that are here already last; `names` are those of documents."""
    items = [_item(reviewed, names) for reviewed in review.proposals]
    order = list(HEADINGS)
    return sorted(items, key=lambda item: order.index(item.group))  # stable: as on the page


def rows_of(items: Iterable[Item]) -> list[ValueRow]:
    """With a heading above each group."""
    rows: list[ValueRow] = []
    group = ""
    for number, item in enumerate(items):
        if number >= MOST_LISTED:
            break
        if item.group != group:
            group = item.group
            rows.append(ValueRow("", HEADINGS[item.group]))
        rows.append(_row(item))
    return rows


def count_of(items: Iterable[Item], group: Group) -> int:
    return sum(item.group == group for item in items)


def left_words(items: Sequence[Item]) -> str:
    """How many are left, by what they need."""
    counts = {group: count_of(items, group) for group in HEADINGS}
    words = {
        "look": ("needs a look", "need a look"),
        "plain": ("with nothing against it", "with nothing against them"),
        "here": ("is in the records already", "are in the records already"),
    }
    parts = [f"{count:,} {words[group][count != 1]}" for group, count in counts.items() if count]
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
    group: Group = "look" if reasons else "plain"
    return Item(
        record=record,
        said=said_of(record),
        group="here" if twin else group,
        reasons=tuple(reasons),
        twin=twin,
        rivals=rivals,
        rival_records=reviewed.rivals,
    )


def _here(record: Record, names: Mapping[str, str]) -> Here:
    return Here(said_of(record), names.get(record.document_id or "", "what was entered by hand"))


def _row(item: Item) -> ValueRow:
    said, key = item.said, item.record.id
    if item.group == "look":
        return ValueRow(key, said.name, said.value, item.reasons[0], "alert", "warn")
    if item.twin:
        detail = f"From {item.twin.source}"
        return ValueRow(key, said.name, said.value, detail, "check", "text_faint")
    kind = "" if item.record.type == "Observation" else said.kind
    detail = ", ".join(part for part in (kind, said.when, said.status, said.flag) if part)
    return ValueRow(key, said.name, said.value, detail)


def slip_of(document: Document, item: Item) -> Sheet:
    """What stands in place of a page where a document has none: where in it, and in which words."""
    where = item.record.spot.where
    lines = [where[:1].upper() + where[1:]] if where else []
    lines.append(item.record.text or item.said.whole)
    lines.append("This kind of file has no pages to look at.")
    return Sheet(f"{document.name}, {where}", "\n\n".join(lines))
