"""`demo`: the whole job on a made-up family, in a folder of its own, with pictures of the window."""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from healthmate_desktop.cli.output import answer_json, hit_json
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.paths import Paths, resources_dir
from healthmate_desktop.services.outcomes import DONE
from healthmate_desktop.services.steps import finished

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.cli.output import Context, Json
    from healthmate_desktop.composition import Services
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.samples import SampleQuestion

SEARCHES = ("blood pressure", "what helps against heartburn")
PICTURED_QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class _Demo:
    """What the demo did, for the report."""

    files: list[Json]
    hits: list[Json]
    answers: list[Json]


def demo(
    ctx: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="A new or empty folder; default: a temporary one")
    ] = None,
) -> None:
    """Make a vault with a made-up family, import, search, ask, and save pictures of the window."""
    context: Context = ctx.obj
    place = _place(folder)
    passphrase = secrets.token_urlsafe(24)
    questions = _questions()
    done = _work(context, Paths(place), passphrase, questions)
    pictures = _pictures(context, Paths(place), passphrase, questions)
    context.say(
        {
            "folder": str(place),
            "files": done.files,
            "hits": done.hits,
            "answers": done.answers,
            "screenshots": [str(picture) for picture in pictures],
        },
        (
            f"Imported {sum(f['status'] in DONE for f in done.files)} of {len(done.files)} files.",
            f"{sum(sum(f['records'].values()) for f in done.files)} records in them wait for a check.",
            *(line for answer in done.answers for line in _answer_lines(answer)),
            f"{len(pictures)} pictures of the window are in {place / 'screenshots'}",
        ),
    )


def _place(folder: Path | None) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="healthmate-demo-"))
    if folder.exists() and any(folder.iterdir()):
        raise InvalidInput("The demo needs a new or an empty folder, so that nothing is mixed up.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder.absolute()


def _questions() -> list[SampleQuestion]:
    from healthmate_desktop.services.samples import sample_questions

    return sample_questions(resources_dir() / "sample")


def _work(
    context: Context, paths: Paths, passphrase: str, questions: list[SampleQuestion]
) -> _Demo:
    from healthmate_desktop.composition import Commons, create_vault, open_vault

    context.progress("Making an encrypted vault")
    create_vault(paths, passphrase)
    commons = Commons(paths, context.settings)
    try:
        _show(context, commons.library.install_starter(resources_dir() / "library"))
        services = open_vault(paths, passphrase, commons)
        try:
            people, files = _import(context, services)
            patient_ids = {person.name: person.id for person in people}
            hits = [
                hit_json(hit)
                for query in SEARCHES
                for hit in services.search.search(query, people[0].id, k=2)
            ]
            answers = []
            for item in questions:
                context.progress("Asking a question")
                asking = services.assistant.ask(item.question, patient_ids[item.person])
                answers.append({"question": item.question, **answer_json(finished(asking).answer)})
        finally:
            services.close()
    finally:
        commons.close()
    return _Demo(files, hits, answers)


def _import(context: Context, services: Services) -> tuple[list[Patient], list[Json]]:
    from healthmate_desktop.cli.documents import outcome_json
    from healthmate_desktop.services.samples import install_samples

    context.progress("Importing the documents of a made-up family")
    people, outcomes = finished(
        install_samples(resources_dir() / "sample", services.patients, services.importing)
    )
    return people, [outcome_json(outcome) for outcome in outcomes]


def _pictures(
    context: Context, paths: Paths, passphrase: str, questions: list[SampleQuestion]
) -> list[Path]:
    context.progress("Taking pictures of the window")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from healthmate_desktop.app import take_pictures

    first = questions[0].person
    asked = [q.question for q in questions if q.person == first][:PICTURED_QUESTIONS]
    return take_pictures(paths, passphrase, asked)


def _show(context: Context, steps: Generator[object, None, object]) -> None:
    context.progress("Putting the starter topics into the library")
    finished(steps)


def _answer_lines(answer: Json) -> list[str]:
    from healthmate_desktop.cli.ask import answer_lines

    return ["", f"Q: {answer['question']}", *answer_lines(answer)]
