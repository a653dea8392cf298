"""`records list`: what the records of a person say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from healthmate_desktop.cli.output import day
from healthmate_desktop.cli.session import unlocked
from healthmate_desktop.domain.records import RecordFilter

if TYPE_CHECKING:
    from healthmate_desktop.cli.output import Context, Json
    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.records import Record

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _family() -> None:
    """So that one command alone still needs its name."""


@app.command("list")
def list_(
    ctx: typer.Context,
    type_: Annotated[str, typer.Option("--type", help="FHIR resource type")] = "",
    code: Annotated[str, typer.Option(help="Of any coding: 4548-4")] = "",
    since: Annotated[str, typer.Option(help="YYYY-MM-DD")] = "",
    until: Annotated[str, typer.Option(help="YYYY-MM-DD, that day included")] = "",
    person: Annotated[str, typer.Option(help="Id of the person; default: the only one")] = "",
) -> None:
    """List the records that were accepted, oldest first."""
    context: Context = ctx.obj
    wanted = RecordFilter(type_, code, day(since), day(until))
    with unlocked(context) as services:
        patient = services.patients.chosen(person)
        records = services.records.all(patient.id, wanted)
    context.say(
        {"records": [record_json(record) for record in records]},
        (line for line in map(_line, records)),
    )


def record_json(record: Record) -> Json:
    facts = record.facts
    spot = record.spot
    box = spot.boxes[0] if spot.boxes else None
    return {
        "id": record.id,
        "type": record.type,
        **_facts_json(facts),
        "effective": facts.effective or None,
        "status": facts.status or None,
        "text": record.text,
        "source": {
            "document_id": record.document_id,
            "page": spot.page or None,
            "box": [box.x0, box.y0, box.x1, box.y1] if box else None,
            "where": spot.where,
        },
    }


def _facts_json(facts: Facts) -> Json:
    coding = facts.codings[0] if facts.codings else None
    number: Any = facts.number if facts.number is not None and not facts.comparator else None
    found: Json = {
        "code": {
            "system": coding.system if coding else "",
            "code": coding.code if coding else "",
            "display": facts.display,
        },
        "value": facts.value or None if number is None else number,
        "unit": facts.unit or None,
        "low": facts.low,
        "high": facts.high,
        "interpretation": facts.interpretation or None,
    }
    if facts.components:
        found["components"] = [_facts_json(component) for component in facts.components]
    return found


def _line(record: Record) -> str:
    facts = record.facts
    words = (facts.effective[:10] or "no date", record.type, facts.display, facts.value)
    return "  ".join(word for word in words if word)
