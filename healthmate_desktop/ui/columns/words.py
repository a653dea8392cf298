"""What columns mean, and what is asked of a table, in the words of the step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.text import listed
from healthmate_desktop.services.columns import Role

if TYPE_CHECKING:
    from healthmate_desktop.services.columns import Look, TableMapping

ROLES: dict[Role, str] = {
    Role.IGNORED: "Leave out",
    Role.DATE: "Date",
    Role.TIME: "Time of day",
    Role.NAME: "Name of the test",
    Role.VALUE: "Result",
    Role.ANALYTE: "Results of the heading",
    Role.UNIT: "Unit",
    Role.RANGE: "Normal range",
    Role.LOW: "Range, lower end",
    Role.HIGH: "Range, upper end",
    Role.FLAG: "Mark: high or low",
    Role.CODE: "Code of the test",
    Role.NOTE: "Note",
    Role.SPECIMEN: "Specimen",
    Role.PERFORMER: "Laboratory",
    Role.PERSON: "Name of the person",
    Role.BIRTH_DATE: "Birth date",
    Role.SEX: "Sex",
    Role.IDENTIFIER: "Patient number",
}
ORDERS = (("DMY", "Day first"), ("MDY", "Month first"))
MARKS = ((",", "The comma"), (".", "The point"))
ZONES = (
    ("", "Not known"),
    ("Europe/London", "Britain, Ireland, Portugal"),
    ("Europe/Berlin", "Central Europe"),
    ("Europe/Athens", "Eastern Europe"),
    ("Europe/Istanbul", "Turkey"),
    ("Europe/Moscow", "Moscow"),
    ("America/New_York", "US and Canada, Eastern"),
    ("America/Chicago", "US and Canada, Central"),
    ("America/Denver", "US and Canada, Mountain"),
    ("America/Los_Angeles", "US and Canada, Pacific"),
    ("America/Mexico_City", "Mexico City"),
    ("America/Sao_Paulo", "Brazil, East"),
    ("America/Argentina/Buenos_Aires", "Argentina"),
    ("Africa/Lagos", "West Africa"),
    ("Africa/Johannesburg", "South Africa"),
    ("Asia/Kolkata", "India"),
    ("Asia/Manila", "Philippines"),
    ("Asia/Shanghai", "China"),
    ("Asia/Tokyo", "Japan"),
    ("Australia/Sydney", "Australia, East"),
    ("UTC", "UTC"),
)
_MOST_NAMED = 6  # headings


def zones_with(zone: str) -> tuple[tuple[str, str], ...]:
    """Those that are offered, and the one that holds where it is another."""
    return ZONES if zone in dict(ZONES) else (*ZONES, (zone, zone))


def table_name(look: Look) -> str:
    return look.name or "The table"


def title_of(mapping: TableMapping) -> str:
    """By its headings: "Datum, Test, Wert"."""
    return listed([heading for heading in mapping.headings if heading], _MOST_NAMED)


def detail_of(mapping: TableMapping) -> str:
    """What was said of it: "Day first. 3 columns are used."."""
    used = sum(role is not Role.IGNORED for role in mapping.roles)
    said = [dict(ORDERS).get(mapping.order, ""), _mark_words(mapping.mark)]
    said.append("1 column is used" if used == 1 else f"{used} columns are used")
    return ". ".join(part for part in said if part)


def _mark_words(mark: str) -> str:
    return f"{dict(MARKS)[mark]} stands before decimals" if mark else ""
