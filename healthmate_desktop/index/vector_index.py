"""The index of vectors: from what size on there is one, how it is built, and how it is asked.

Up to `EXACT` passages all are compared with the question. The figures are in docs/decisions/0022.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any

from healthmate_desktop.index.errors import translated
from healthmate_desktop.index.tables import PASSAGES

if TYPE_CHECKING:
    from pathlib import Path

EXACT = 50_000  # passages; two cores look at as many in some 40 ms
# Passages in one graph, so that none has less than 262,144: smaller ones Lance would join, by building anew, with each
# `optimize` (lance-index, MIN_PARTITION_SIZE_PERCENT of 2**20). A graph of a million takes 1.6 GB of memory to build.
PARTITION = 1_000_000
MOST_PARTS = 32  # that adding made beside the main part; each costs a search some 0.2 ms
_NAME = "vector_idx"
_FILTERED = ("source_id", "language")  # what a search may be narrowed by
_NEIGHBOURS = 20  # of each passage in the graph
_CARE = 150  # candidates looked at for each passage while the graph is built
_CANDIDATES = 3  # looked at while searching, for each passage that is wanted
_LEAST_CANDIDATES = 300
_SHARE_OF_ALL = 1 / 700  # candidates: among a million passages 300 miss every 35th of the best ten
_REFINED = 2  # compared again by their full vectors, for each passage that is wanted
_ALL_PARTITIONS = 1_000


def is_due(table: Any, *, exact: int = EXACT) -> bool:
    """Whether a build would make searching faster. Takes some milliseconds."""
    if table.count_rows() <= exact:
        return False
    stats = table.index_stats(_NAME)
    return (
        stats is None
        or any(table.index_stats(f"{column}_idx") is None for column in _FILTERED)
        or stats.num_indices > MOST_PARTS
        or stats.num_unindexed_rows > exact
    )


def tuned(search: Any, k: int, rows: int) -> Any:
    """A search for the `k` nearest of so many, made to miss next to none.

    Passages outside the index are compared one by one.
    """
    return (
        search.distance_type("dot")
        .nprobes(_ALL_PARTITIONS)
        .ef(max(_LEAST_CANDIDATES, _CANDIDATES * k, round(_SHARE_OF_ALL * rows)))
        .refine_factor(_REFINED)
    )


class Build:
    """Builds the index in a thread of its own. Until it has ended, searches use what there was before.

    A process that dies meanwhile leaves the table as it was, and files that the next tidying deletes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._error: BaseException | None = None
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self._build())
        self._thread = threading.Thread(target=self._run, name="library-index", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended. Raises what went wrong, as a HealthMateError where that can happen in the world."""
        self._thread.join(seconds)
        if self._thread.is_alive():
            return False
        if self._error is not None:
            with translated():
                raise self._error
        return True

    def stop(self) -> None:
        """Ask it to end without an index. From any thread, any number of times."""
        with contextlib.suppress(RuntimeError):  # ended just now
            self._loop.call_soon_threadsafe(self._task.cancel)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._error = error
        finally:
            self._loop.close()

    async def _build(self) -> None:
        import lancedb
        from lancedb.index import Bitmap, HnswSq

        database = await lancedb.connect_async(self._folder)
        table = await database.open_table(PASSAGES)
        for column in _FILTERED:
            if await table.index_stats(f"{column}_idx") is None:
                await table.create_index(column, config=Bitmap())
        partitions = max(1, await table.count_rows() // PARTITION)
        graph = HnswSq(
            distance_type="dot", num_partitions=partitions, m=_NEIGHBOURS, ef_construction=_CARE
        )
        await table.create_index("vector", config=graph, replace=True)
