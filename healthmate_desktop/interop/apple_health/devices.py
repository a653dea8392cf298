"""Which device a record came from, from one export to the next: addresses in memory and software versions change."""

from __future__ import annotations

import re

_FIELD = re.compile(r"(\w+):(.*?)(?=, \w+:|>?$)")
_WANTED = ("name", "manufacturer", "model", "hardware")
_LONGEST = 200


def without_address(device: str) -> str:
    """`<<HKDevice: 0x282a45810>, name:Watch, ...>` from the name on."""
    return device.partition(", ")[2] if device[:1] == "<" else device


def device_of(device: str) -> str:
    """What it is, without what changes: "Apple Watch, Apple Inc., Watch, Watch6,2". "" where it is not told."""
    found = dict(_FIELD.findall(without_address(device)[: 5 * _LONGEST]))
    parts = [found[name].strip() for name in _WANTED if found.get(name, "").strip()]
    return (", ".join(parts) if found else device.strip())[:_LONGEST]


def source_of(name: str) -> str:
    return " ".join(name.split())[:_LONGEST]
