"""Tables of results: what their columns mean, and their rows as FHIR Observations; records out as CSV and in again."""

from healthmate_desktop.interop.tables.asking import SURE
from healthmate_desktop.interop.tables.guessing import column_guess
from healthmate_desktop.interop.tables.looking import (
    MOST_KEPT,
    KnownColumns,
    Look,
    is_sure,
    look_at,
    mapping_for,
)
from healthmate_desktop.interop.tables.mapping import (
    Role,
    Shape,
    TableMapping,
    header_key,
    shape_of,
)
from healthmate_desktop.interop.tables.own import csv_rows, is_own, read_own, write_csv
from healthmate_desktop.interop.tables.reading import read_table

__all__ = [
    "MOST_KEPT",
    "SURE",
    "KnownColumns",
    "Look",
    "Role",
    "Shape",
    "TableMapping",
    "column_guess",
    "csv_rows",
    "header_key",
    "is_own",
    "is_sure",
    "look_at",
    "mapping_for",
    "read_own",
    "read_table",
    "shape_of",
    "write_csv",
]
