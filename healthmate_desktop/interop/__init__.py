"""Outside formats to domain values and back. Text in, values out: no file is opened here."""
