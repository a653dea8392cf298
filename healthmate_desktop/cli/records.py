"""`records list` and `records export`: what the records of a person say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from healthmate_desktop.cli.output import day
from healthmate_desktop.cli.session import unlocked
from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.services.export import ExportFormat

if TYPE_CHECKING:
    from healthmate_desktop.cli.output import Context, Json
    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.records import Record

app = typer.Typer(no_args_is_help=True)


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


@app.command()
def export(
    ctx: typer.Context,
    file: Path,
    form: Annotated[str, typer.Option("--format", help="fhir, ips or csv")] = "fhir",
    person: Annotated[str, typer.Option(help="Id of the person; default: the only one")] = "",
) -> None:
    """Write the accepted records of a person to a new file, which anyone can read."""
    context: Context = ctx.obj
    if form not in get_args(ExportFormat):
        raise InvalidInput("The format is one of fhir, ips or csv.")
    with unlocked(context) as services:
        patient = services.patients.chosen(person)
        count = services.export.export(patient.id, form, file.absolute())  # type: ignore[arg-type]
    context.say(
        {"file": str(file), "format": form, "records": count},
        (f"{count} records written. This file is not encrypted: keep it safe.",),
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
