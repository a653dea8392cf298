"""Electrocardiograms of a watch: a few named lines in the person's language, then one voltage a line."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.proposals import NamedPerson, Proposal, Spot
from healthmate_desktop.domain.samples import Coding, identifier_of, time_text
from healthmate_desktop.interop.apple_health.units import number_of
from healthmate_desktop.interop.apple_health.vocabulary import APPLE, ELEMENT, LOINC

if TYPE_CHECKING:
    from healthmate_desktop.interop.apple_health.times import Moment, Times

LARGEST = 4 * 1024 * 1024  # bytes; half a minute has 200 kB
_MOST_LINES = 30  # before the voltages
_FEWEST = 10  # voltages
_CODINGS = (
    Coding(LOINC, "11524-6", "EKG study"),
    Coding(APPLE, "HKElectrocardiogram", "Electrocardiogram"),
)
_WAVE = Coding(APPLE, "HKElectrocardiogramVoltageMeasurement", "Voltage")


def read_ecg(content: bytes, name: str, times: Times) -> list[NamedPerson | Proposal] | None:
    """None for what is no electrocardiogram: it is told by a time, a rate and many voltages, not by words."""
    lines = content.decode("utf-8-sig", "replace").replace("\0", "").splitlines()
    first = next((at for at, line in enumerate(lines[:_MOST_LINES]) if number_of(line)), 0)
    head = [_row(line) for line in lines[:first]]
    voltages = [number for line in lines[first:] if (number := number_of(line))]
    moments = [
        (at, moment)
        for at, (_, value) in enumerate(head)
        if ":" in value and (moment := times.read(value))
    ]
    rates = [rate for _, value in head if (rate := _rate(value))]
    if not moments or not rates or len(voltages) < _FEWEST:
        return None
    at, moment = moments[0]
    unit = "uV" if any(value in {"µV", "μV", "uV"} for _, value in head) else ""
    resource = _resource(moment, head[at + 1 :], _wave(max(rates), unit, voltages))
    words = next(iter(head[at + 1 :]), ("", ""))[1]
    found: list[NamedPerson | Proposal] = []
    if at and head[0][1]:
        found.append(NamedPerson(head[0][1][:200]))
    return [*found, Proposal(resource, Spot(name), words)]


def _row(line: str) -> tuple[str, str]:
    """What it is called and what it says; a comma in it belongs to what it says."""
    row = next(csv.reader([line[:1000]], strict=False), [])
    return (row[0].strip(), ",".join(row[1:]).strip()) if row else ("", "")


def _rate(text: str) -> Decimal | None:
    """The number of "512.164 hertz": a few hundred, the largest that the head has."""
    number = number_of(text.partition(" ")[0]) if " " in text else None
    return Decimal(number) if number and 100 <= Decimal(number) <= 2000 else None


def _wave(rate: Decimal, unit: str, voltages: list[str]) -> dict[str, Any]:
    origin: dict[str, Any] = {"value": Decimal(0)}
    if unit:
        origin |= {"unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
    period = (1000 / rate).quantize(Decimal("0.000001"))
    data = {"origin": origin, "period": period, "dimensions": 1, "data": " ".join(voltages)}
    return {"code": {"coding": [_WAVE._asdict()], "text": "Voltage"}, "valueSampledData": data}


def _resource(moment: Moment, after: list[tuple[str, str]], wave: dict[str, Any]) -> dict[str, Any]:
    """The line after the time is what the watch made of it, in the person's language."""
    said = [(label, value) for label, value in after if label and value]
    parts = [{"code": {"text": label}, "valueString": value} for label, value in said[1:]]
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "identifier": [identifier_of(ELEMENT, "HKElectrocardiogram", moment[0])],
        "status": "final",
        "code": {"coding": [coding._asdict() for coding in _CODINGS], "text": "Electrocardiogram"},
        "effectiveDateTime": time_text(*moment),
        "component": [*parts, wave],
    }
    if said:
        resource["valueString"] = said[0][1]
    return resource
