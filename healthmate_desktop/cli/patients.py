"""`person add`, `person list` and `person find`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, get_args

import typer

from healthmate_desktop.cli.output import day
from healthmate_desktop.cli.session import unlocked
from healthmate_desktop.domain.patients import Patient, Sex
from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from healthmate_desktop.cli.output import Context, Json

app = typer.Typer(no_args_is_help=True)


@app.command()
def add(
    ctx: typer.Context,
    name: str,
    birth_date: Annotated[str, typer.Option(help="YYYY-MM-DD")] = "",
    sex: Annotated[str, typer.Option(help="female, male, other or unknown")] = "",
) -> None:
    """Add a person."""
    context: Context = ctx.obj
    if sex not in get_args(Sex):
        raise InvalidInput("Sex is one of female, male, other or unknown, or left out.")
    born = day(birth_date)
    with unlocked(context) as services:
        patient = services.patients.add(name, born, sex)  # type: ignore[arg-type]  # checked above
    context.say({"person": _json(patient)}, (f"Added: {patient.id}",))


@app.command("list")
def all_(ctx: typer.Context) -> None:
    """List the people of the vault."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        people = services.patients.all()
    context.say(
        {"people": [_json(patient) for patient in people]},
        (f"{patient.id}  {patient.name}" for patient in people),
    )


@app.command()
def find(ctx: typer.Context, text: str) -> None:
    """Find people by the beginnings of their names, or by birth date."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        people = services.patients.find(text)
    context.say(
        {"people": [_json(patient) for patient in people]},
        (f"{patient.id}  {patient.name}" for patient in people),
    )


def _json(patient: Patient) -> Json:
    return {
        "id": patient.id,
        "name": patient.name,
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
        "sex": patient.sex or None,
    }
