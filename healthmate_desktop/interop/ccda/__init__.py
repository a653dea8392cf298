"""C-CDA documents (1.1, 2.1, and the older CCD, C32 and R1) and fragments of them, as FHIR R4 resources.

Follows HL7's C-CDA on FHIR mapping where there is one. Left out, since they say nothing a person keeps records of:
who received or signed the document, consents, the coverage of planned care, references between entries, codes of
DICOM series, and how a medicine was monitored. What has a code and no place in FHIR is kept whole as a `Basic`.
"""

from healthmate_desktop.interop.ccda.detecting import is_ccda
from healthmate_desktop.interop.ccda.reading import read_ccda

__all__ = ["is_ccda", "read_ccda"]
