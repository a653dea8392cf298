"""`search`, `ask` and `triage`, one text or many in one start."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from healthmate_desktop.cli.output import (
    answer_json,
    explanation_json,
    hit_json,
    print_json,
    triage_json,
)
from healthmate_desktop.cli.session import commons, put_in_starter, unlocked
from healthmate_desktop.domain.ids import DocumentId, SourceId
from healthmate_desktop.domain.retrieval import Filters
from healthmate_desktop.errors import HealthMateError, InvalidInput
from healthmate_desktop.services.steps import finished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from healthmate_desktop.cli.output import Context, Json
    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.services.search import Scope, SearchService

_MOST_NAMED = 30  # sources
Text = Annotated[str, typer.Argument(help="The text; leave it out with --batch")]
Batch = Annotated[
    Path | None, typer.Option(help="JSON lines with id and text; one JSON object a line comes back")
]
Person = Annotated[str, typer.Option(help="Id of the person; default: the only one")]
Without = Annotated[
    list[str] | None, typer.Option(help="Id of a source of the library to leave out; repeatable")
]
Country = Annotated[str, typer.Option(help="Two letters, for the emergency number")]


def search(
    ctx: typer.Context,
    text: Text = "",
    k: Annotated[int, typer.Option("-k", min=1, max=1000)] = 5,
    scope: Annotated[str, typer.Option(help="library, person or all")] = "all",
    person: Person = "",
    without: Without = None,
    language: Annotated[
        list[str] | None,
        typer.Option(help="Passages of the library in this language only: en, es; repeatable"),
    ] = None,
    batch: Batch = None,
) -> None:
    """Find passages in a person's documents and in the library."""
    context: Context = ctx.obj
    if scope not in {"library", "person", "all"}:
        raise InvalidInput("The scope is library, person or all.")
    with _searching(context, scope, person) as (service, library, patient_id):
        filters = Filters(
            without=_sources_of(library, without),
            languages=tuple(code.casefold() for code in language or ()),
        )

        def answer(query: str) -> Json:
            started = time.monotonic()
            hits = service.search(query, patient_id, scope=_scope(scope), k=k, filters=filters)
            seconds = round(time.monotonic() - started, 4)
            return {"hits": [hit_json(hit) for hit in hits], "seconds": seconds}

        _each(context, text, batch, answer, _hit_lines)


def ask(
    ctx: typer.Context,
    text: Text = "",
    mode: Annotated[str, typer.Option(help="evidence or conversation")] = "evidence",
    person: Person = "",
    country: Country = "",
    without: Without = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say of each document why it was used or not")
    ] = False,
    document: Annotated[str, typer.Option(help="Explain this document only, by its id")] = "",
    batch: Batch = None,
) -> None:
    """Answer a question with sentences from the person's documents and the library."""
    context: Context = ctx.obj
    if mode == "conversation":
        raise InvalidInput(
            "The weights on this computer are too small to speak freely about health. "
            "Ask in evidence mode: every sentence is a quote with its source."
        )
    if mode != "evidence":
        raise InvalidInput("The mode is evidence or conversation.")
    with unlocked(context) as services:
        put_in_starter(context, services.library)
        patient_id = services.patients.chosen(person).id
        place = country or context.settings.country
        filters = Filters(without=_sources_of(services.library, without))

        def answer(question: str) -> Json:
            turn = finished(
                services.assistant.ask(question, patient_id, country=place, filters=filters)
            )
            result = answer_json(turn.answer)
            if explain or document:
                only = DocumentId(document) if document else None
                why = services.assistant.explain(turn, patient_id, only, filters)
                result["explanation"] = explanation_json(why)
            return result

        _each(context, text, batch, answer, answer_lines)


def triage(ctx: typer.Context, text: Text = "", country: Country = "", batch: Batch = None) -> None:
    """Say by rules how urgent a text is. No vault is opened and no model is asked."""
    from healthmate_desktop.composition import load_rules

    context: Context = ctx.obj
    rules = load_rules()
    place = country or context.settings.country

    def answer(words: str) -> Json:
        return triage_json(rules.triage(words, place))

    _each(context, text, batch, answer, _triage_lines)


@contextmanager
def _searching(
    context: Context, scope: str, person: str
) -> Iterator[tuple[SearchService, LibraryService, PatientId | None]]:
    """The library alone needs no passphrase."""
    if scope == "library":
        with commons(context) as shared:
            put_in_starter(context, shared.library)
            yield shared.search(), shared.library, None
    else:
        with unlocked(context) as services:
            put_in_starter(context, services.library)
            yield services.search, services.library, services.patients.chosen(person).id


def _sources_of(library: LibraryService, ids: list[str] | None) -> frozenset[SourceId]:
    """Raises InvalidInput for one that is not there: nobody should think that it is left out."""
    if not ids:
        return frozenset()
    known = library.sources()
    if unknown := sorted(set(ids) - {source.id for source in known}):
        named = [f"{source.id} ({source.title})" for source in known[:_MOST_NAMED]]
        if (more := len(known) - _MOST_NAMED) > 0:
            named.append(f"and {more} more, which `library list` names")
        raise InvalidInput(
            f"There is no source {', '.join(unknown)} in the library, so nothing was asked. "
            f"There are: {', '.join(named)}."
        )
    return frozenset(map(SourceId, ids))


def _scope(word: str) -> Scope:
    scopes: dict[str, Scope] = {"library": "library", "person": "person", "all": "all"}
    return scopes[word]


def _each(
    context: Context,
    text: str,
    batch: Path | None,
    answer: Callable[[str], Json],
    lines: Callable[[Json], Iterator[str]],
) -> None:
    """Answer the one text, or each line of the batch; a bad line is answered with its error."""
    if batch is None:
        if not text.strip():
            raise InvalidInput("There is no text. Give one, or a file of texts with --batch.")
        result = answer(text)
        context.say(result, lines(result))
        return
    for number, line in enumerate(_batch_lines(batch), 1):
        item = _item(line)
        try:
            result = answer(_words(item))
        except HealthMateError as error:
            result = {"error": {"code": error.code, "message": str(error)}}
        print_json({"id": item.get("id", str(number)), **result})


def _batch_lines(batch: Path) -> Iterator[str]:
    try:
        with batch.open(encoding="utf-8") as file:
            yield from (line for line in file if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            "The batch file could not be read. It is UTF-8, one JSON object a line."
        ) from error


def _item(line: str) -> Json:
    """Empty where the line is no JSON object."""
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return item if isinstance(item, dict) else {}


def _words(item: Json) -> str:
    text = item.get("text")
    if "id" not in item or not isinstance(text, str) or not text.strip():
        raise InvalidInput('A line of a batch is {"id": "…", "text": "…"}.')
    return text


def _hit_lines(result: Json) -> Iterator[str]:
    for number, hit in enumerate(result["hits"], 1):
        yield f"{number}. {hit['title']}, page {hit['page']}"
        yield f"   {' '.join(hit['text'].split())[:300]}"
    if not result["hits"]:
        yield "Nothing was found."


def answer_lines(result: Json) -> Iterator[str]:
    if result["triage"]["level"] in {"emergency", "urgent"}:
        yield from _triage_lines(result["triage"])
        yield ""
    for sentence in result["answer"]["sentences"]:
        sources = "; ".join(f"{c['title']}, page {c['page']}" for c in sentence["citations"])
        yield f"{' '.join(sentence['text'].split())}  [{sources}]"
    if result["answer"]["note"]:
        yield result["answer"]["note"]
    if "explanation" in result:
        yield from _explanation_lines(result["explanation"])
    yield ""
    yield result["disclaimer"]


def _explanation_lines(explanation: Json) -> Iterator[str]:
    if understood := explanation["understood"]:
        yield f"Looked for: {'; '.join([understood['looked_up'], *understood['added']])}"
    for found in explanation["documents"]:
        yield f"{found['name']}: {found['words']}"
    for found in explanation["library"]:
        hit = found["hit"]
        yield f"Library {found['rank']}. {hit['title']}, page {hit['page']}: {found['explained']}"
        yield (
            f"   meaning {hit['dense']:.2f}, title {hit['title_nearness']:.2f}, words {hit['words']:.1f}, "
            f"chance {hit['score']:.0%}"
        )


def _triage_lines(result: Json) -> Iterator[str]:
    yield f"{result['level']}: {', '.join(reason['title'] for reason in result['reasons'])}"
    yield result["advice"]
    yield from (f"- {step}" for step in result["steps"])
    yield from (f"{number['label']}: {number['number']}" for number in result["numbers"])
