"""Which of the results that are proposed are right, as `labs.py` says, and the sums in a line."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any

from lab_printed import unit_behind, unit_in_brackets

from healthmate_desktop.domain.measures.printed_units import printed_unit
from healthmate_desktop.domain.proposals import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lab_printed import Wanted


def count(
    wanted: list[Wanted], proposals: Iterable[Any], *, lines: Sequence[str] = (), show: str = ""
) -> Counter[str]:
    """`lines` are what is printed, where not all that is printed is listed in `wanted`."""
    free = [each for each in proposals if isinstance(each, Proposal)]
    sums: Counter[str] = Counter(printed=len(wanted))
    for want in wanted:
        same = next((each for each in free if _same(want, each)), None)
        if same is None:
            if show:
                print(f"    {show}: missing {want.name} {want.value} {want.unit}")
            continue
        free.remove(same)
        sums["right"] += 1
        sums["doubted"] += bool(same.doubts)
        sums["dated"] += bool(want.date)
        sums["date right"] += (
            bool(want.date) and same.resource.get("effectiveDateTime") == want.date
        )
    for each in free:
        if _stands(each, lines):
            sums["not listed"] += 1
            continue
        sums["wrong, marked" if each.doubts else "wrong, unmarked"] += 1
        if show:
            print(f"    {show}: {'marked' if each.doubts else 'UNMARKED'} {_shown(each)}")
    return sums


def _stands(proposal: Proposal, lines: Sequence[str]) -> bool:
    """Whether value and unit stand on the page, at most three lines below the name, or in words."""
    name, (value, unit) = _letters(proposal.resource["code"]["text"]), _value(proposal)
    bare = "bloodpressure" if "bloodpressure" in name else name
    for at, line in enumerate(lines):
        if bare not in _letters(line):
            continue
        for below in lines[at + 1 : at + 4]:
            parts = re.split(r"\s*/\s*(?=\d)|(?<=\d)\s*(?=[^\d.,\s])", below, maxsplit=2)
            same_unit = unit == _ucum(unit_behind(below, value)) or unit == _ucum(
                unit_in_brackets(line)
            )
            if (value in parts and same_unit) or value == below:
                return True
    return False


def _same(want: Wanted, proposal: Proposal) -> bool:
    code = proposal.resource["code"]
    codes = {coding["code"] for coding in code.get("coding", ())}
    if _letters(code["text"]) != _letters(want.name) and not codes & want.codes:
        return False
    value, unit = _value(proposal)
    return _digits(value) == _digits(want.value) and unit == _ucum(want.unit)


def _value(proposal: Proposal) -> tuple[str, str]:
    resource = proposal.resource
    quantity = resource.get("valueQuantity")
    if quantity is not None:
        unit = quantity.get("code") or _ucum(quantity.get("unit", ""))
        return f"{quantity.get('comparator', '')}{quantity['value']}", unit
    concept = resource.get("valueCodeableConcept", {})
    return str(resource.get("valueString") or concept.get("text", "")), ""


def _digits(value: str) -> str:
    return value.casefold().replace(" ", "").replace(",", ".").replace("≥", ">=").replace("≤", "<=")


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


def _ucum(unit: str) -> str:
    codes = printed_unit(unit).codes
    return codes[0] if codes else unit


def _shown(proposal: Proposal) -> str:
    return f"{proposal.resource['code']} {_value(proposal)} {proposal.doubts}"


def summary(title: str, sums: Counter[str]) -> str:
    printed = max(1, sums["printed"])
    proposed = max(1, sums["right"] + sums["wrong, marked"] + sums["wrong, unmarked"])
    dates = f", dates {sums['date right'] / sums['dated']:.3f}" if sums["dated"] else ""
    return (
        f"{title:32} printed {sums['printed']:4}  right {sums['right'] / printed:.3f}  "
        f"wrong marked {sums['wrong, marked']:3}  wrong unmarked {sums['wrong, unmarked']:3} "
        f"({sums['wrong, unmarked'] / proposed:.3f})  right but doubted {sums['doubted'] / printed:.2f}  "
        f"not listed {sums['not listed']}{dates}"
    )
