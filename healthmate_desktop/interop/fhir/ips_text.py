"""The readable half of a patient summary: a table a section, in XHTML. All words in it are escaped."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.facts import Facts

# letters that XML can't hold, and marks that turn the direction of the text around them
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def narrative(*blocks: str) -> dict[str, Any]:
    """A FHIR Narrative of blocks that are XHTML already."""
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{"".join(blocks)}</div>'
    return {"status": "generated", "div": div}


def paragraph(words: str) -> str:
    return f"<p>{_escaped(words)}</p>"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return f"<table><thead>{_row('th', heads)}</thead><tbody>{''.join(_row('td', row) for row in rows)}</tbody></table>"


def facts_table(heads: Sequence[str], facts: Sequence[Facts]) -> str:
    """Name, value, date and state of each."""
    return table(heads, [_cells(each) for each in facts])


def _cells(facts: Facts) -> tuple[str, ...]:
    name = facts.display or "(no name given)"
    value = f"{facts.value} ({facts.interpretation})" if facts.interpretation else facts.value
    limits = f"{value} [{facts.range_text}]" if facts.range_text else value
    state = f"{facts.status}, not so" if facts.negated else facts.status
    return name, limits, day_of(facts.effective), state


def day_of(effective: str) -> str:
    """A date or dateTime without its time."""
    return effective[:10]


def _row(cell: str, words: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<{cell}>{_escaped(each)}</{cell}>" for each in words) + "</tr>"


def _escaped(words: str) -> str:
    return html.escape(_UNFIT.sub("", words), quote=False)
