"""Names, addresses and numbers of people, as FHIR has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda.drafts import put_time
from healthmate_desktop.interop.ccda.times import span_of

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node

_NAME_USES = {
    "L": "usual",
    "C": "official",
    "P": "nickname",
    "A": "anonymous",
    "ASGN": "usual",
    "BR": "maiden",
}
_ADDRESS_USES = {
    "HP": "home",
    "H": "home",
    "HV": "home",
    "WP": "work",
    "TMP": "temp",
    "BAD": "old",
    "OLD": "old",
}
_TELECOM_USES = {
    "HP": "home",
    "H": "home",
    "HV": "home",
    "WP": "work",
    "MC": "mobile",
    "TMP": "temp",
    "EC": "home",
}
_SCHEMES = {
    "tel": "phone",
    "fax": "fax",
    "mailto": "email",
    "http": "url",
    "https": "url",
    "sms": "sms",
}


def name_of(node: Node) -> dict[str, Any]:
    """A FHIR HumanName; empty where nobody is named."""
    name: dict[str, Any] = {}
    use = next((_NAME_USES[word] for word in node.get("use").split() if word in _NAME_USES), "")
    family = " ".join(filter(None, (part.text for part in node.all("family"))))
    if any("BR" in part.get("qualifier").split() for part in node.all("family")):
        use = "maiden"
    parts: dict[str, Any] = {"family": family}
    for tag in ("given", "prefix", "suffix"):
        parts[tag] = [text for part in node.all(tag) if (text := part.text)]
    name |= {tag: value for tag, value in parts.items() if value}
    if not name and node.text:
        name["text"] = node.text
    if name and use:
        name["use"] = use
    period = _period(node.first("validTime"))
    if name and period:
        name["period"] = period
    return name


def full_name(node: Node) -> str:
    """As one says it: given names first."""
    name = name_of(node)
    words = [
        *name.get("prefix", ()),
        *name.get("given", ()),
        name.get("family", ""),
        *name.get("suffix", ()),
    ]
    return " ".join(filter(None, words)) or name.get("text", "")


def plain_name(node: Node) -> str:
    """Given and family name alone, as people are compared by."""
    name = name_of(node)
    return " ".join(filter(None, (*name.get("given", ()), name.get("family", "")))) or name.get(
        "text", ""
    )


def _period(node: Node) -> dict[str, Any]:
    span = span_of(node)
    period: dict[str, Any] = {}
    put_time(period, "start", span.start)
    put_time(period, "end", span.end)
    return period


def address_of(node: Node) -> dict[str, Any]:
    address: dict[str, Any] = {}
    use = next(
        (_ADDRESS_USES[word] for word in node.get("use").split() if word in _ADDRESS_USES), ""
    )
    lines = [
        text
        for tag in ("streetAddressLine", "additionalLocator")
        for part in node.all(tag)
        if (text := part.text)
    ]
    if lines:
        address["line"] = lines
    for tag, name in (
        ("city", "city"),
        ("county", "district"),
        ("state", "state"),
        ("postalCode", "postalCode"),
        ("country", "country"),
    ):
        text = node.first(tag).text
        if text:
            address[name] = text
    if not address and not node.children and node.text:
        address["text"] = node.text
    period = _period(node.first("useablePeriod"))
    return (
        {**address, **({"use": use} if use else {}), **({"period": period} if period else {})}
        if address
        else {}
    )


def telecom_of(node: Node) -> dict[str, str]:
    value = node.get("value") or node.text
    scheme, colon, rest = value.partition(":")
    system = _SCHEMES.get(scheme.casefold(), "") if colon else ""
    if not system:
        system, rest = ("email" if "@" in value else "phone"), value
    if system == "url":
        rest = value
    if not re.search(r"\w", rest):
        return {}
    uses = node.get("use").split()
    contact = {"system": "pager" if "PG" in uses else system, "value": rest.strip()}
    use = next((_TELECOM_USES[word] for word in uses if word in _TELECOM_USES), "")
    return {**contact, "use": use} if use else contact
