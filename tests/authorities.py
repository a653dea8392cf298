"""Where the authorities that starter topics name publish, in any language."""

from __future__ import annotations

AUTHORITIES = {
    "CDC": {"www.cdc.gov", "wwwnc.cdc.gov"},
    "FDA": {"www.fda.gov"},
    "HRSA": {"poisonhelp.hrsa.gov"},
    "MedlinePlus": {"medlineplus.gov"},
    "NHS": {"www.nhs.uk"},
    "NICE": {"www.nice.org.uk"},
    "NIDDK": {"www.niddk.nih.gov"},
}
