"""Tables of results: what their columns mean, and their rows as FHIR Observations; records out as CSV and in again."""

from healthmate_desktop.interop.tables.guessing import SURE, column_guess
from healthmate_desktop.interop.tables.mapping import Role, Shape, TableMapping, header_key
from healthmate_desktop.interop.tables.own import csv_rows, is_own, read_own, write_csv
from healthmate_desktop.interop.tables.reading import read_table

__all__ = [
    "SURE",
    "Role",
    "Shape",
    "TableMapping",
    "column_guess",
    "csv_rows",
    "header_key",
    "is_own",
    "read_own",
    "read_table",
    "write_csv",
]
