"""`records list` and `records export`: what the records of a person say."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args

import typer

from healthmate_desktop.cli.output import day
from healthmate_desktop.cli.session import finish, unlocked
from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.domain.summary import TITLES, Paper, Period, paper_of
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.services.export import ALL_SECTIONS, ExportFormat, ExportOrder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.cli.output import Context, Json
    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.records import Record
    from healthmate_desktop.domain.summary import SectionKey
    from healthmate_desktop.services.export import ExportReport

T = TypeVar("T")
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
    form: Annotated[
        str, typer.Option("--format", help="fhir, ips, csv, pdf or originals")
    ] = "fhir",
    sections: Annotated[str, typer.Option(help=f"Of pdf and csv: {','.join(TITLES)}")] = "",
    since: Annotated[str, typer.Option(help="YYYY-MM-DD")] = "",
    until: Annotated[str, typer.Option(help="YYYY-MM-DD, that day included")] = "",
    paper: Annotated[str, typer.Option(help="Of pdf: a4 or letter; default: by the country")] = "",
    person: Annotated[str, typer.Option(help="Id of the person; default: the only one")] = "",
) -> None:
    """Write the accepted records of a person to a new file, which anyone can read.

    The passphrase that opens the vault for this command is the authentication of the export.
    """
    context: Context = ctx.obj
    order = ExportOrder(
        _one_of(form, get_args(ExportFormat), "The format is one of"),
        _sections(sections),
        Period(day(since), day(until)),
        _one_of(paper or paper_of(context.settings.country), get_args(Paper), "The paper is"),
    )
    with unlocked(context) as services:
        patient = services.patients.chosen(person)
        report = finish(context, services.export.export(patient.id, order, file.absolute()))
    result = {
        "file": str(file),
        "format": form,
        "records": report.records,
        "documents": report.documents,
        "left_out": report.left_out,
        "problems": [asdict(problem) for problem in report.problems],
    }
    context.say(result, _told(report, form))


def _told(report: ExportReport, form: str) -> Iterator[str]:
    yield (
        f"{report.documents} files written."
        if form == "originals"
        else f"{report.records} records written."
    )
    if report.left_out:
        yield f"{report.left_out} outside the period or sections were left out."
    for problem in report.problems:
        yield f"{problem.where}: {problem.message}"
    yield "This file is not encrypted: keep it safe."


def _one_of(text: str, known: tuple[T, ...], words: str) -> T:
    found = next((each for each in known if each == text), None)
    if found is None:
        raise InvalidInput(f"{words} {' or '.join(map(str, known))}.")
    return found


def _sections(text: str) -> frozenset[SectionKey]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    return frozenset(_one_of(name, tuple(TITLES), "A section is") for name in names) or ALL_SECTIONS


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
        "doubts": list(record.doubts),
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
