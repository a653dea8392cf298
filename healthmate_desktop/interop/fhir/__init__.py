"""FHIR R4 as JSON: read record by record, and written as a Bundle, as lines or as a summary for others."""

from __future__ import annotations

from healthmate_desktop.interop.fhir.reading import is_fhir, person_of, read_fhir

__all__ = ["is_fhir", "person_of", "read_fhir"]
