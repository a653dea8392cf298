"""Results, letters and people read from the words of a page and where they stand. No layout is known beforehand."""
