"""`columns`: what the columns of a table mean, shown, said, listed and forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from healthmate_desktop.cli.session import finish, unlocked
from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.errors import InvalidInput, NotFound
from healthmate_desktop.services.columns import Answer, Role, answered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from healthmate_desktop.cli.output import Context, Json
    from healthmate_desktop.services.columns import Look, TableMapping

app = typer.Typer(no_args_is_help=True)
_ROLES = ", ".join(role.value for role in Role if role.value)
_IGNORED = "ignore"


@app.command()
def show(ctx: typer.Context, document: str) -> None:
    """Show the tables of a document: first rows, what their columns are taken to mean, what is not clear."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        looks = services.columns.look(DocumentId(document))
    context.say(
        {"tables": [_look_json(look) for look in looks]},
        (line for look in looks for line in _look_lines(look)),
    )


@app.command("set")
def set_(
    ctx: typer.Context,
    document: str,
    role: Annotated[
        list[str] | None, typer.Option(help=f"COLUMN=ROLE, counted from 1: {_ROLES} or {_IGNORED}")
    ] = None,
    table: Annotated[int, typer.Option(help="Number of the table, counted from 1")] = 1,
    order: Annotated[str | None, typer.Option(help="Of dates: DMY or MDY")] = None,
    mark: Annotated[str | None, typer.Option(help="Before decimals: , or .")] = None,
    date: Annotated[str | None, typer.Option(help="Of all results: YYYY-MM-DD")] = None,
    zone: Annotated[
        str | None, typer.Option(help="Of times of day: Europe/Berlin or +01:00")
    ] = None,
    accept_all: Annotated[
        bool, typer.Option("--accept-all", help="Do not wait for a review of what is read")
    ] = False,
) -> None:
    """Say what the columns of a table mean, read it by that, and keep it for the next one like it."""
    context: Context = ctx.obj
    said = Answer(_roles_of(role or []), order, mark, date, zone)
    key = DocumentId(document)
    with unlocked(context) as services:
        look = next((each for each in services.columns.look(key) if each.number == table), None)
        if look is None:
            raise NotFound("There is no such table in this document.")
        steps = services.columns.save(key, {table: answered(look, said)}, accept_all=accept_all)
        records = dict(finish(context, steps))
    count = sum(records.values())
    context.say({"document_id": document, "records": records}, (f"{count} records read.",))


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the tables that are read without asking, because somebody said what their columns mean."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        kept = services.columns.kept()
    context.say(
        {"tables": [mapping.as_json() for mapping in kept]},
        (f"{mapping.key}  {', '.join(filter(None, mapping.headings))}" for mapping in kept),
    )


@app.command()
def forget(ctx: typer.Context, key: str) -> None:
    """Have it asked again at the next table with these headings."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        services.columns.forget(key)
    context.say({"forgotten": key}, ("Forgotten.",))


def _roles_of(words: list[str]) -> Mapping[int, Role]:
    """Raises InvalidInput."""
    roles: dict[int, Role] = {}
    for word in words:
        column, equals, name = word.partition("=")
        role = "" if name == _IGNORED else name
        if not equals or not name or not column.isdecimal() or role not in set(Role):
            raise InvalidInput(f"A role is given as 2=name. Roles are {_ROLES} and {_IGNORED}.")
        roles[int(column) - 1] = Role(role)
    return roles


def _look_json(look: Look) -> Json:
    mapping = look.mapping
    return {
        "number": look.number,
        "name": look.name,
        "sure": look.is_sure,
        "from": look.origin,
        "confidence": mapping.confidence,
        "questions": list(mapping.questions),
        "not_told": list(look.asks),
        "columns": _columns_json(mapping),
        "layout": mapping.shape.value,
        "order": mapping.order,
        "mark": mapping.mark,
        "date": mapping.date,
        "zone": mapping.zone,
        "key": mapping.key if look.can_be_kept else None,
        "first_rows": [{"row": number, "cells": list(cells)} for number, cells in look.rows],
        "results_in_first_rows": look.results,
        "doubtful_in_first_rows": look.doubtful,
        "first_results": [_preview_json(each.resource) for each in look.preview],
    }


def _columns_json(mapping: TableMapping) -> list[Json]:
    pairs = zip(mapping.headings, mapping.roles, strict=True)
    return [
        {"column": at, "heading": heading, "role": role.value or _IGNORED}
        for at, (heading, role) in enumerate(pairs, 1)
    ]


def _preview_json(resource: Mapping[str, Any]) -> Json:
    facts = facts_of(resource)
    return {
        "date": facts.effective or None,
        "name": facts.display,
        "value": facts.value,
        "range": facts.range_text or None,
    }


def _look_lines(look: Look) -> Iterator[str]:
    yield f"Table {look.number} {look.name}".rstrip()
    for column in _columns_json(look.mapping):
        yield f"  {column['column']:>3}  {column['role']:10}  {column['heading']}"
    for question in look.mapping.questions:
        yield f"  ? {question}"
    for result in (_preview_json(each.resource) for each in look.preview):
        yield f"  {result['date'] or 'no date'}  {result['name']}  {result['value']}"
