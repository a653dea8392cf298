"""What a person may put right of a record, and how that is written into its FHIR resource."""

from healthmate_desktop.domain.corrections.fields import Field, fields_of
from healthmate_desktop.domain.corrections.writing import corrected

__all__ = ["Field", "corrected", "fields_of"]
