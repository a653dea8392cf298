"""Apple Health: `export.zip` or its XML in, chunks of samples and proposals out. See reader.py."""

from healthmate_desktop.interop.apple_health.day_observations import day_observation
from healthmate_desktop.interop.apple_health.days import DayTotal, day_totals, days_in_turn
from healthmate_desktop.interop.apple_health.parts import ExportFile, Progress, Tally
from healthmate_desktop.interop.apple_health.reader import is_apple_health, read_apple_health

__all__ = [
    "DayTotal",
    "ExportFile",
    "Progress",
    "Tally",
    "day_observation",
    "day_totals",
    "days_in_turn",
    "is_apple_health",
    "read_apple_health",
]
