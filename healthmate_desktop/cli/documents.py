"""`import`: files of a person into the vault."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from healthmate_desktop.cli.session import unlocked

if TYPE_CHECKING:
    from healthmate_desktop.cli.output import Context, Json
    from healthmate_desktop.services.outcomes import FileOutcome


def import_files(
    ctx: typer.Context,
    paths: list[Path],
    accept_all: Annotated[
        bool, typer.Option("--accept-all", help="Do not wait for a review of what was read")
    ] = False,
    person: Annotated[str, typer.Option(help="Id of the person; default: the only one")] = "",
) -> None:
    """Take files and folders into the vault of a person."""
    context: Context = ctx.obj
    outcomes: list[FileOutcome] = []
    with unlocked(context) as services:
        patient = services.patients.chosen(person)
        steps = services.importing.import_files(paths, patient.id, accept_all=accept_all)
        with contextlib.closing(steps):  # Ctrl+C stops the work and leaves no job behind
            told = 0  # bytes of a large file
            for step in steps:
                if step.outcome is not None:
                    told = 0
                    outcomes.append(step.outcome)
                    context.progress(f"{step.done} of {step.total}: {step.outcome.status}")
                elif step.of_bytes and step.page - told >= step.pages / 100:
                    told = step.page
                    context.progress(f"{told:,} of {step.pages:,} bytes")
    context.say(
        {"files": [outcome_json(outcome) for outcome in outcomes]},
        (
            f"{outcome.status:12} {outcome.path}"
            + "".join(f"\n             {p.where}: {p.message}" for p in outcome.problems)
            for outcome in outcomes
        ),
    )


def outcome_json(outcome: FileOutcome) -> Json:
    return {
        "path": outcome.path,
        "status": outcome.status,
        "kind": outcome.kind or None,
        "document_id": outcome.document_id or None,
        "records": dict(outcome.records),
        "problems": [{"where": p.where, "message": p.message} for p in outcome.problems],
        "seconds": round(outcome.seconds, 3),
    }
