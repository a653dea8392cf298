"""Names become LOINC codes by name, specimen and unit, and nothing where that is unsure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from measure_builders import shipped

from healthmate_desktop.domain.measures.analytes import Vocabulary
from healthmate_desktop.domain.measures.names import specimen_in
from healthmate_desktop.domain.measures.units import commensurable
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.paths import resources_dir

pytestmark = pytest.mark.health


@pytest.mark.parametrize(
    ("name", "unit", "loinc"),
    [
        ("Glucose", "mg/dL", "2345-7"),
        ("Glucose", "mmol/l", "14749-6"),
        ("Glucose, Urine", "mg/dL", "5792-7"),
        ("Glucosa en ayunas", "mg/dL", "1558-6"),
        ("Calcium", "mg/dL", "17861-6"),
        ("Calcium, ionised", "mmol/L", "1995-0"),
        ("Calcium ionisiert", "mmol/l", "1995-0"),
        ("Calcium", "mmol/L", "2000-8"),
        ("HGB", "g/dL", "718-7"),
        ("Hämoglobin", "g/dl", "718-7"),
        ("Hemoglobin A1c", "%", "4548-4"),
        ("HbA1c (IFCC)", "mmol/mol", "59261-8"),
        ("ALT (SGPT)", "U/L", "1742-6"),
        ("ALT/GPT", "U/L", "1742-6"),
        ("GPT (ALAT)", "U/l", "1742-6"),
        ("TOTAL CO2", "mmol/L", "2028-9"),
        ("Leucocytes", "G/L", "6690-2"),
        ("Neutrophils %", "", "770-8"),
        ("Absolute neutrophils", "K/uL", "751-8"),
        ("Neut#", "10*3/uL", "751-8"),
        ("Polynucléaires neutrophiles", "%", "770-8"),
        ("TSH", "mU/L", "3016-3"),
        ("TSH", "µIU/mL", "3016-3"),
        ("Vitamin D, 25-Hydroxy", "ng/mL", "62292-8"),
        ("P-Glucose", "mmol/L", "14749-6"),
        ("U-Albumin", "mg/L", "1754-1"),
        ("Malb/Cr", "mgAlb/gCre", "9318-7"),
        ("Bilirubin, Total", "mg/dL", "1975-2"),
        ("Chol/HDL", "", "9830-1"),
        ("INR", "", "6301-6"),
        ("BP Systolic", "mm[Hg]", "8480-6"),
        ("Body Mass Index Calculated", "", "39156-5"),
        ("Weight", "lbs", "29463-7"),
        ("RR", "/min", "9279-1"),
        ("RR", "mmHg", "85354-9"),
        ("TP", "%", "5894-1"),
        ("TP", "g/dL", "2885-2"),
        ("HCT (85014)", "%", "4544-3"),
        ("HGB (M 13-18 g/dl; F 12-16 g/dl)", "g/dl", "718-7"),
        ("Iron, serum", "µg/dL", "2498-4"),
        ("* Sodium:", "mEq/L", "2951-2"),
        ("Mean corpuscular hemoglobin conc", "g/dL", "786-4"),
        ("Lymphocytes (%)", "", "736-9"),
        ("Créatinine", "µmol/L", "14682-9"),
    ],
)
def test_codes(name: str, unit: str, loinc: str) -> None:
    found = shipped().identify(name, unit)
    assert found.code is not None
    assert found.code.loinc == loinc
    assert not found.guessed_name


@pytest.mark.parametrize(
    ("name", "unit", "reason"),
    [
        ("Florble", "mg/dL", "name"),
        ("Glucose (2h post)", "mg/dL", "name"),
        ("", "mg/dL", "name"),
        ("x" * 200, "", "name"),
        ("Glucose", "", "unit"),
        ("Sodium", "mm[Hg]", "unit"),
        ("pH", "", "specimen"),
        ("Ht", "", "unit"),
    ],
)
def test_what_is_unsure_gets_no_code(name: str, unit: str, reason: str) -> None:
    found = shipped().identify(name, unit)
    assert found.code is None
    assert found.reason == reason


def test_specimen_of_the_page_decides_and_that_of_the_name_counts_for_more() -> None:
    assert _loinc("Creatinine", "mg/dL", specimen="urine") == "2161-8"
    assert _loinc("Creatinine, serum", "mg/dL", specimen="urine") == "2160-0"
    assert _loinc("pH", "", specimen="art") == "2744-1"
    assert _loinc("Ferritin", "ng/mL", specimen="urine") == ""
    assert _loinc("Glucose", "mg/dL", specimen="blood") == "2345-7"


def test_printed_range_speaks_for_or_against_the_usual_specimen() -> None:
    blood, urine = (Decimal("0.5"), Decimal("1.2")), (Decimal(40), Decimal(300))
    assert _loinc("Creatinine", "mg/dL", limits=blood) == "2160-0"
    assert _loinc("Creatinine", "mg/dL", limits=urine) == ""
    assert _loinc("pH", "", limits=(Decimal("7.35"), Decimal("7.45"))) == "11558-4"
    assert _loinc("pH", "", limits=(Decimal(5), Decimal(8))) == ""


def test_results_in_words_have_codes_of_their_own() -> None:
    assert _loinc("Glucose", "", in_words=True) == "25428-4"
    assert _loinc("Hepatitis B surface antigen", "", in_words=True) == "5195-3"
    assert _loinc("Sodium", "", in_words=True) == ""


@pytest.mark.parametrize(
    ("misread", "name"),
    [
        ("Hernoglobin", "Hemoglobin"),
        ("Creatlnine", "Creatinine"),
        ("POTASSIUN", "Potassium"),
        ("Maib", "Malb"),
    ],
)
def test_misread_names_are_guessed_only_when_asked(misread: str, name: str) -> None:
    assert shipped().hint(misread) is None
    found = shipped().identify(misread, "", guess=True)
    assert found.guessed_name == name


@pytest.mark.parametrize("name", ["ab", "Vitamin B13", "Kalrium (x y z)", "Cystatin B D"])
def test_guesses_are_not_wild(name: str) -> None:
    assert shipped().hint(name, guess=True) is None


def test_lost_accents_are_put_back() -> None:
    assert shipped().spelling("Hamoglobin") == "Hämoglobin"
    assert shipped().spelling("Hemoglobin") == "Hemoglobin"
    assert shipped().has_word("glucosa")
    assert not shipped().has_word("patientin")


@pytest.mark.parametrize(
    ("value", "source", "target", "analyte", "wanted"),
    [
        ("100", "mg/dL", "mmol/L", "glucose", "5.55"),
        ("1.0", "mg/dL", "umol/L", "creatinine", "88.40"),
        ("200", "mg/dL", "mmol/L", "cholesterol", "5.17"),
        ("150", "mg/dL", "mmol/L", "triglycerides", "1.69"),
        ("14", "mg/dL", "mmol/L", "urea_nitrogen", "5.00"),
        ("10", "mg/dL", "mmol/L", "calcium", "2.50"),
        ("1", "mg/dL", "umol/L", "bilirubin_total", "17.10"),
        ("14", "g/dL", "mmol/L", "hemoglobin", "8.69"),
        ("300", "pg/mL", "pmol/L", "vitamin_b12", "221.34"),
        ("30", "ng/mL", "nmol/L", "vitamin_d", "74.88"),
        ("7.0", "%", "mmol/mol", "hba1c", "53.00"),
        ("53", "mmol/mol", "%", "hba1c", "7.00"),
        ("5.0", "meq/L", "mmol/L", "calcium", "2.50"),
        ("100", "ug/dL", "umol/L", "iron", "17.91"),
        ("1", "ng/dL", "pmol/L", "t4_free", "12.87"),
    ],
)
def test_values_convert_by_what_was_measured(
    value: str, source: str, target: str, analyte: str, wanted: str
) -> None:
    """Factors as in the AMA Manual of Style's SI conversion table; HbA1c by NGSP's master equation."""
    found = shipped().convert(Decimal(value), source, target, analyte)
    assert found is not None
    assert abs(round(found, 2) - Decimal(wanted)) <= Decimal("0.02")


def test_unknown_analytes_convert_by_unit_alone() -> None:
    assert shipped().convert(Decimal(1), "g/L", "mg/L") == 1000
    assert shipped().convert(Decimal(1), "g/L", "mmol/L") is None


def test_plausibility_is_wide_and_in_any_unit() -> None:
    vocabulary = shipped()
    potassium = next(code for code in vocabulary.codes_of("potassium") if code.specimen == "ser")
    assert vocabulary.is_plausible(potassium, Decimal("4.4"), "mmol/L")
    assert not vocabulary.is_plausible(potassium, Decimal(44), "mmol/L")
    weight = vocabulary.codes_of("weight")[0]
    assert vocabulary.is_plausible(weight, Decimal(218), "[lb_av]")
    assert vocabulary.is_plausible(weight, Decimal(218), "mmol/L")
    color = vocabulary.codes_of("color")[0]
    assert vocabulary.is_plausible(color, Decimal(1), "")


def test_every_code_has_a_check_digit_that_fits_and_units_that_meet() -> None:
    vocabulary = shipped()
    table = (resources_dir() / "analytes" / "codes.tsv").read_text(encoding="utf-8")
    names = {line.split("\t")[0] for line in table.splitlines() if line and line[0] != "#"} - {
        "name"
    }
    codes = [code for name in sorted(names) for code in vocabulary.codes_of(name)]
    assert len({code.loinc for code in codes}) >= 300
    for code in codes:
        assert _check_digit(code.loinc) == int(code.loinc[-1]), code
        if code.low is not None and code.high is not None:
            assert code.low < code.high, code
    for code in codes:
        mass = vocabulary.analyte(code.analyte).molar_mass
        if mass is not None and not code.in_words:
            others = {
                each.units[0]
                for each in vocabulary.codes_of(code.analyte)
                if each.units[0] not in {"-", "%"}
            }
            kinds = [unit for unit in others if not commensurable(unit, code.units[0])]
            assert all(
                vocabulary.convert(Decimal(1), code.units[0], unit, code.analyte) is not None
                for unit in kinds
            ), code


def test_notice_of_loinc_stands_beside_its_codes() -> None:
    table = (resources_dir() / "analytes" / "codes.tsv").read_text(encoding="utf-8")
    assert "http://loinc.org/license" in table
    assert "Regenstrief Institute" in table


@pytest.mark.parametrize(
    "codes",
    [
        "",
        "name\tspecimen\tloinc\tlong_common_name\tunits\tplausible\n",
        "name\tspecimen\tloinc\tlong_common_name\tunits\tplausible\nx\tser\t1-8\tX\tmg/dL\t1-2\n",
        "name\tspecimen\tloinc\tlong_common_name\tunits\tplausible\na\tser\t1-8\tX\tfoo\t1-2\n",
        "name\tspecimen\tloinc\tlong_common_name\tunits\tplausible\na\tser\t1-8\tX\tmg\tx-y\n",
    ],
)
def test_damaged_lists_are_refused(codes: str) -> None:
    names = "name\tformula\tcharge\ten\tes\tfr\tde\na\t\t\tA test\t\t\t\n"
    with pytest.raises(InvalidInput):
        Vocabulary.parse(names, codes or "")


@pytest.mark.parametrize(
    ("heading", "specimen"),
    [
        ("URINALYSIS", "urine"),
        ("Serum chemistry", "serum"),
        ("Blood, venous", "ven"),
        ("Hematology", ""),
        ("Serum and urine", ""),
        ("Liquor", "csf"),
    ],
)
def test_headings_name_specimens(heading: str, specimen: str) -> None:
    assert specimen_in(heading) == specimen


def _loinc(name: str, unit: str, **said: Any) -> str:
    code = shipped().identify(name, unit, **said).code
    return code.loinc if code is not None else ""


def _check_digit(code: str) -> int:
    """Luhn's, as LOINC has it."""
    total = 0
    for place, digit in enumerate(reversed(code.split("-", maxsplit=1)[0])):
        number = int(digit) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return -total % 10
