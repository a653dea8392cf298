"""Readings that come one by one as proposals; the two values of a blood pressure become one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.proposals import Proposal, Spot
from healthmate_desktop.domain.samples import observation, time_text
from healthmate_desktop.interop.apple_health.gather import in_unit
from healthmate_desktop.interop.apple_health.vocabulary import DIASTOLIC, PANEL, PRESSURES, SYSTOLIC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.domain.samples import Sample
    from healthmate_desktop.interop.apple_health.gather import Series

_MOST_PAIRS = 20_000
_BY_HAND = ("HKWasUserEntered", "1")
_ALONE = "The other value of this blood pressure is not in the file."
_UNSURE = "Several blood pressures have this very time; the file does not say which values belong together."
_ABOVE_ALL = (
    "The file has this as parts of one, and more than one part cannot be. It was taken for percent."
)

Moment = tuple[str, str, int, int]  # source, device, start, end


class Pressures:
    """Pairs the two values of blood pressures: as Correlations say, else those alone at one moment from one source."""

    def __init__(self) -> None:
        self._said: dict[Moment, list[tuple[str, str]]] = {}
        self._found: dict[Moment, dict[str, list[tuple[Series, Sample]]]] = {}

    def say(self, moment: Moment, upper: str, lower: str) -> None:
        """What a Correlation holds."""
        if len(self._said) < _MOST_PAIRS:
            self._said.setdefault(moment, []).append((upper, lower))

    def add(self, series: Series, samples: list[Sample]) -> None:
        for sample in samples:
            moment = (series.source, series.device, sample.start, sample.end)
            values = self._found.setdefault(moment, {type_id: [] for type_id in PRESSURES})
            values[series.type.kind.type].append((series, sample))

    def proposals(self) -> Iterator[Proposal]:
        for moment, values in sorted(self._found.items(), key=lambda item: item[0][2:]):
            uppers, lowers = values[SYSTOLIC], values[DIASTOLIC]
            several = len(uppers) > 1 or len(lowers) > 1
            for pair in self._said.get(moment, ()):
                upper = next((entry for entry in uppers if entry[1].value == pair[0]), None)
                lower = next((entry for entry in lowers if entry[1].value == pair[1]), None)
                if upper and lower:
                    uppers.remove(upper)
                    lowers.remove(lower)
                    yield _panel(upper, lower)
            if len(uppers) == len(lowers) == 1:
                yield _panel(uppers.pop(), lowers.pop())
            for series, sample in (*uppers, *lowers):
                doubt = _UNSURE if several and uppers and lowers else _ALONE
                yield _proposal(series, sample, doubt)


def proposals(series: Series, samples: list[Sample]) -> Iterator[Proposal]:
    """Of any type but blood pressures."""
    for sample in samples:
        yield _proposal(series, sample)


def _proposal(series: Series, sample: Sample, *doubts: str) -> Proposal:
    (right,) = in_unit(series, [sample])
    kind = series.type.kind
    resource = observation(kind, series.source, series.device, right)
    if _BY_HAND in sample.notes:
        resource["note"] = [{"text": "Entered by hand."}]
    printed = sample.value if kind.combine == "state" else f"{sample.value} {series.unit}".strip()
    if kind.unit == "%" and sample.value == right.value and sample.value.strip("0.-"):
        doubts = (*doubts, _ABOVE_ALL)
    return Proposal(resource, Spot(_where(kind.text, sample)), printed, doubts)


def _panel(upper: tuple[Series, Sample], lower: tuple[Series, Sample]) -> Proposal:
    """One observation of both, with the identifiers of both."""
    first, second = _proposal(*upper), _proposal(*lower)
    resource = dict(first.resource)
    resource["identifier"] = [*resource["identifier"], *second.resource["identifier"]]
    resource["code"] = {"coding": [PANEL._asdict()], "text": "Blood pressure"}
    del resource["valueQuantity"]
    resource["component"] = [
        {name: part.resource[name] for name in ("code", "valueQuantity")}
        for part in (first, second)
    ]
    text = f"{upper[1].value}/{lower[1].value} {upper[0].unit}".strip()
    return replace(
        first, resource=resource, text=text, spot=Spot(_where("Blood pressure", upper[1]))
    )


def _where(text: str, sample: Sample) -> str:
    return f"{text}, {time_text(sample.start, sample.offset)[:16].replace('T', ' ')}"
