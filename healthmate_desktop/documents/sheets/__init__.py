"""Tables as files hold them: delimited text and Excel workbooks, row by row. What they mean: see `interop.tables`."""

from healthmate_desktop.documents.sheets.cells import Cell, Row, Sheet
from healthmate_desktop.documents.sheets.delimited import is_table, read_csv
from healthmate_desktop.documents.sheets.workbooks import read_workbook

__all__ = ["Cell", "Row", "Sheet", "is_table", "read_csv", "read_workbook"]
