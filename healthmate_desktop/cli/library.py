"""`library add`, `list` and `remove`: no vault is opened, the library is public."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from healthmate_desktop.cli.session import commons, put_in_starter
from healthmate_desktop.domain.ids import SourceId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from healthmate_desktop.cli.output import Context, Json
    from healthmate_desktop.domain.library import Source
    from healthmate_desktop.services.library import LibraryProgress, SourceOutcome

app = typer.Typer(no_args_is_help=True)


@app.command()
def add(ctx: typer.Context, paths: list[Path]) -> None:
    """Add files and folders: a source for each collection that is known, and one for the other files of each path."""
    _add(ctx.obj, paths, None)


@app.command()
def refresh(ctx: typer.Context, source_id: str, path: Path) -> None:
    """Put a newer copy in the place of a source."""
    _add(ctx.obj, [path], SourceId(source_id))


def _add(context: Context, paths: list[Path], replacing: SourceId | None) -> None:
    outcomes: list[SourceOutcome] = []
    said = ""
    with commons(context) as shared:
        put_in_starter(context, shared.library)
        for step in shared.library.add(paths, replacing=replacing):
            if step.outcome is not None:
                outcomes.append(step.outcome)
            elif said != (said := _progress(step)):
                context.progress(said)
        for second, _ in enumerate(shared.library.index()):
            if not second:
                context.progress("Making the library quick to search. Stopping here loses nothing.")
    sources = [o.source for o in outcomes if o.source is not None]
    context.say(
        {
            "sources": [source_json(source) for source in sources],
            "files": [
                {
                    "path": outcome.path,
                    "status": outcome.status,
                    "source": outcome.source.id if outcome.source else None,
                    "already_there": outcome.twins,
                    "problems": [
                        {"where": p.where, "message": p.message} for p in outcome.problems
                    ],
                }
                for outcome in outcomes
            ],
        },
        (f"{o.status:12} {o.source.title if o.source else ''}  {o.path}" for o in outcomes),
    )


def _progress(step: LibraryProgress) -> str:
    total = f" of {step.total:,}" if step.total else ""
    left = f", {step.seconds_left // 60 + 1} min left" if step.seconds_left is not None else ""
    return f"{step.title}: {step.done:,}{total} ({step.share:.0%}{left})"


@app.command("list")
def all_(ctx: typer.Context) -> None:
    """List the sources."""
    context: Context = ctx.obj
    with commons(context) as shared:
        put_in_starter(context, shared.library)
        sources, sizes = shared.library.sources(), shared.library.sizes()
    listed = [source_json(s) | {"bytes": sizes.get(s.id, 0)} for s in sources]
    context.say({"sources": listed}, _lines(sources, sizes))


@app.command()
def remove(ctx: typer.Context, source_id: str) -> None:
    """Forget a source and delete its files."""
    context: Context = ctx.obj
    with commons(context) as shared:
        put_in_starter(context, shared.library)
        shared.library.remove(SourceId(source_id))
    context.say({"removed": source_id}, ("Removed.",))


def source_json(source: Source) -> Json:
    return {
        "id": source.id,
        "kind": source.kind,
        "title": source.title,
        "publisher": source.publisher,
        "licence": source.licence,
        "date": source.published.isoformat() if source.published else None,
        "added": source.added_at.isoformat(),
        "passages": source.passages,
        "articles": source.articles,
        "note": source.note,
    }


def _lines(sources: Iterable[Source], sizes: dict[SourceId, int]) -> Iterable[str]:
    return (
        f"{s.id}  {s.passages:7} passages  {sizes.get(s.id, 0) / 1e6:8.1f} MB  {s.title}"
        for s in sources
    )
