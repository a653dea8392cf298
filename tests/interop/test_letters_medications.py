"""Lines of medicines in four languages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from healthmate_desktop.interop.pages.medications import medication_in, statement_of

pytestmark = pytest.mark.health


@pytest.mark.parametrize(
    ("line", "name", "amount", "unit", "route", "frequency"),
    [
        ("Lisinopril 10 MG Oral Tablet", "Lisinopril 10 MG Oral Tablet", "10", "MG", "", ""),
        (
            "Zocor 20 mg, one tablet p.o. at bedtime.",
            "Zocor 20 mg",
            "1",
            "tablet",
            "oral",
            "at bedtime",
        ),
        ("Aggrenox, one tablet p.o. b.i.d.", "Aggrenox", "1", "tablet", "oral", "b.i.d."),
        ("Take Ramipril 5 mg once daily", "Ramipril 5 mg", "5", "mg", "", "once daily"),
        (
            "Proventil 0.09 MG/ACTUAT inhalant solution 2 puffs q6 hours PRN",
            "Proventil 0.09 MG/ACTUAT inhalant solution",
            "2",
            "puffs",
            "",
            "q6 hours",
        ),
        (
            "Enalapril 20 mg 1 comprimido cada 24 horas vía oral",
            "Enalapril 20 mg",
            "1",
            "comprimido",
            "oral",
            "cada 24 horas",
        ),
        (
            "Furosémide 40 mg ½ comprimé le matin",
            "Furosémide 40 mg",
            "0.5",
            "comprimé",
            "",
            "le matin",
        ),
        ("Bisoprolol 2,5 mg : 1 cp par jour", "Bisoprolol 2,5 mg", "1", "cp", "", "par jour"),
        ("Metformin 1000 mg 1-0-1", "Metformin 1000 mg", "1000", "mg", "", "1-0-1"),
        (
            "Insulin glargine 12 units subcutaneously at bedtime",
            "Insulin glargine 12 units",
            "12",
            "units",
            "subcutaneous",
            "at bedtime",
        ),
        (
            "Ibuprofeno 400 mg cada 8 horas si precisa",
            "Ibuprofeno 400 mg",
            "400",
            "mg",
            "",
            "cada 8 horas",
        ),
        (
            "Hydrocortisone 1% cream twice daily",
            "Hydrocortisone 1% cream",
            "None",
            "",
            "",
            "twice daily",
        ),
        ("Warfarin daily", "Warfarin", "None", "", "", "daily"),
        ("Salbutamol inhaler 2 puffs as needed", "Salbutamol inhaler", "2", "puffs", "", ""),
        ("2 tablets Paracetamol 500 mg", "", "", "", "", ""),
        (
            "Amoxicillin 250-500 mg three times daily",
            "Amoxicillin 250-500 mg",
            "None",
            "",
            "",
            "three times daily",
        ),
        ("Aspirin daily, 81 mg", "Aspirin daily", "81", "mg", "", ""),
    ],
)
def test_lines(line: str, name: str, amount: str, unit: str, route: str, frequency: str) -> None:
    found = medication_in(line)
    if not name:
        assert found is None
        return
    assert found is not None
    assert (found.name, str(found.amount), found.unit) == (name, amount, unit)
    assert (found.route, found.frequency) == (route, frequency)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Call the clinic",
        "The patient takes 1 tablet daily",
        "None",
        "Quantity: 14",
        "Solution) 2 puffs",
        "20 mg",
        "x" * 500,
        "tablet 2 daily",
    ],
)
def test_other_lines_are_no_medicines(line: str) -> None:
    assert medication_in(line) is None


def test_needed_and_stopped() -> None:
    needed = medication_in("Paracetamol 1 g as needed")
    stopped = medication_in("Aspirin 81 mg daily discontinued")
    assert needed is not None
    assert stopped is not None
    assert statement_of(needed)["dosage"][0]["asNeededBoolean"] is True
    assert statement_of(needed)["dosage"][0]["doseAndRate"][0]["doseQuantity"]["value"] == Decimal(
        1
    )
    assert statement_of(stopped)["status"] == "stopped"
    plain = medication_in("Lisinopril 1% cream")
    assert plain is not None
    assert "dosage" not in statement_of(plain)
