"""DICOM files: whose picture it is, of what and when, and the picture itself where it is not compressed.

Read by ourselves: of the many elements a dozen are wanted, and the usual library builds all that a file claims to hold.
"""

from healthmate_desktop.documents.dicom.reading import (
    describe_dicom,
    draw_dicom,
    is_dicom,
    read_dicom,
)

__all__ = ["describe_dicom", "draw_dicom", "is_dicom", "read_dicom"]
