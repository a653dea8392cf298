"""What the emergency rules have to say, above everything an answer says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame

from healthmate_desktop.domain.triage import NOT_READ, Level
from healthmate_desktop.ui.dates import day
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.emergency import EmergencyBanner, Fact
from healthmate_desktop.ui.widgets.feedback import Banner, BannerKind
from healthmate_desktop.ui.widgets.layout import Card, Rule, column, row
from healthmate_desktop.ui.widgets.text import Icon, Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.triage import Number, Triage

NOTE = "These steps come from HealthMate's emergency rules, not from the assistant. No clinician has reviewed them yet."


def warning_of(triage: Triage, question: str, patient: Patient) -> QFrame | None:
    """The banner for a question asked now; None where the rules found no hurry."""
    if triage.level is Level.EMERGENCY:
        first = triage.numbers[0]
        banner = EmergencyBanner(
            triage.reasons[0].title,
            _detail(triage.advice, first),
            first.number,
            steps=triage.steps,
            read_out=_read_out(first, question, patient),
            note=NOTE,
        )
        others = _others(first, triage.numbers)
        holder = QFrame()
        holder.setProperty("kind", "row")
        holder.setLayout(column(banner, *([others] if others else []), spacing=Space.M))
        return holder
    if triage.level is Level.URGENT:
        return Banner("warn", triage.reasons[0].title, " ".join((triage.advice, *triage.steps)))
    return None


def past_warning_of(triage: Triage, asked_at: datetime) -> Banner | None:
    """The same, calmer, above a question that is read again later."""
    if triage.level not in {Level.EMERGENCY, Level.URGENT}:
        return None
    kind: BannerKind = "error" if triage.level is Level.EMERGENCY else "warn"
    title = f"{triage.reasons[0].title}, asked on {day(asked_at)}"
    return Banner(kind, title, f"If it is so now: {triage.advice}")


def mild_advice(triage: Triage) -> str:
    """What is said last where there is no hurry, or where the rules could not read the question."""
    mild = triage.level in {Level.ROUTINE, Level.SELF_CARE} or NOT_READ in triage.reasons
    return triage.advice if mild else ""


def _detail(advice: str, first: Number) -> str:
    """A number that is not the emergency one is named."""
    return advice if first.kind == "emergency" else f"{advice} {first.label}: {first.number}."


def _read_out(first: Number, question: str, patient: Patient) -> list[Fact]:
    """For an ambulance; a crisis line asks its own questions."""
    if first.kind != "emergency":
        return []
    born = f", born {day(patient.birth_date)}" if patient.birth_date else ""
    return [
        Fact("today", "Where", "Say the address you are at now"),
        Fact("heart", "What", question),
        Fact("person", "Who", f"{patient.name}{born}, or whoever it is about"),
    ]


def _others(first: Number, numbers: Sequence[Number]) -> Card | None:
    others = {n.number: n for n in numbers if n.number != first.number}
    if not others:
        return None
    card = Card(spacing=Space.S)
    card.add(Text("Who else to call", "heading", wrap=True))
    for other in others.values():
        line = row(Icon("phone"), spacing=Space.M)
        line.addWidget(Text(other.label, "label", "text_soft", wrap=True), 1)
        line.addWidget(Text(other.number, "heading"))
        card.add(Rule(), line)
    return card
