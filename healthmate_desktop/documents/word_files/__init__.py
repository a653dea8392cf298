"""Word files (.docx): what a reader would see, as pages of text with Markdown headings, lists and rows of tables.

The XML is read step by step by ourselves, with limits: the usual library builds a tree of the whole file first.
"""

from healthmate_desktop.documents.word_files.reading import read_word, refuse_old_files

__all__ = ["read_word", "refuse_old_files"]
