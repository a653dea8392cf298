"""Short names of licences, from the addresses and sentences by which publishers give them."""

from __future__ import annotations

import re

PUBLIC_DOMAIN = "Public domain"

_ADDRESS = re.compile(
    r"creativecommons\.org/(?:licenses/(by(?:-nc)?(?:-sa|-nd)?)|publicdomain/(zero|mark))(?:/(\d\.\d))?",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\bCC[ -]?(BY(?:-NC)?(?:-SA|-ND)?)\b(?:[ -](\d\.\d))?|\b(CC0)\b|\b(public domain)\b",
    re.IGNORECASE,
)
_TERMS = (
    ("noncommercial", "-NC"),
    ("non-commercial", "-NC"),
    ("sharealike", "-SA"),
    ("share alike", "-SA"),
    ("noderivat", "-ND"),
    ("no derivat", "-ND"),
)


def licence_of(*texts: str) -> str:
    """The first that is understood, such as CC-BY-4.0; "" where none is."""
    for text in texts:
        if address := _ADDRESS.search(text):
            if address[2]:
                return "CC0-1.0" if address[2].lower() == "zero" else PUBLIC_DOMAIN
            return _named(address[1], address[3])
    for text in texts:
        if named := _NAMED.search(text):
            if named[1]:
                return _named(named[1], named[2])
            return "CC0-1.0" if named[3] else PUBLIC_DOMAIN
        if said := _in_words(text):
            return said
    return ""


def _named(terms: str, version: str | None) -> str:
    return f"CC-{terms.upper()}{f'-{version}' if version else ''}"


def _in_words(text: str) -> str:
    words = text.casefold()
    if "creative commons" not in words:
        return ""
    more = "".join(dict.fromkeys(sign for term, sign in _TERMS if term in words))
    return f"CC-BY{more}" if "attribution" in words else ""
