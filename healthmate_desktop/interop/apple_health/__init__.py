"""Apple Health: `export.zip` or its XML in, chunks of samples and proposals out. See reader.py."""

from healthmate_desktop.interop.apple_health.days import DayTotal, day_totals
from healthmate_desktop.interop.apple_health.parts import ExportFile, Progress, Tally
from healthmate_desktop.interop.apple_health.reader import is_apple_health, read_apple_health

__all__ = [
    "DayTotal",
    "ExportFile",
    "Progress",
    "Tally",
    "day_totals",
    "is_apple_health",
    "read_apple_health",
]
