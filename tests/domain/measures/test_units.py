"""Printed units become UCUM codes, and values are put into other units without loss."""

from __future__ import annotations

from decimal import Decimal

import pytest
from measure_builders import shipped

from healthmate_desktop.domain.measures.mending import mended_unit
from healthmate_desktop.domain.measures.printed_units import printed_unit, respelled, ucum
from healthmate_desktop.domain.measures.units import commensurable, convert, unit_of
from healthmate_desktop.domain.measures.weights import molar_mass

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("mg/dl", "mg/dL"),
        ("MG/DL", "mg/dL"),
        ("g%", "g/dL"),
        ("mg/100ml", "mg/dL"),
        ("K/uL", "10*3/uL"),
        ("x10E3/µL", "10*3/uL"),
        ("10^3/ul", "10*3/uL"),
        ("10³/µL", "10*3/uL"),
        ("x10(3)/uL", "10*3/uL"),
        ("Thousand/uL", "10*3/uL"),
        ("Tsd./µl", "10*3/uL"),
        ("M/uL", "10*6/uL"),
        ("Mio/µl", "10*6/uL"),
        ("G/l", "10*9/L"),
        ("T/l", "10*12/L"),
        ("10 9/L", "10*9/L"),
        ("cells/uL", "/uL"),
        ("/mm3", "/uL"),
        ("mmol/L", "mmol/L"),
        ("µmol/l", "umol/L"),
        ("μmol/l", "umol/L"),
        ("mcg/dL", "ug/dL"),
        ("%", "%"),
        ("IU/L", "[IU]/L"),
        ("UI/L", "[IU]/L"),
        ("mU/L", "mU/L"),
        ("µUI/ml", "u[IU]/mL"),
        ("mEq/L", "meq/L"),
        ("mval/l", "meq/L"),
        ("mL/min/1.73m2", "mL/min/{1.73_m2}"),
        ("mL/min/1,73 m²", "mL/min/{1.73_m2}"),
        ("mm/hr", "mm/h"),
        ("mmHg", "mm[Hg]"),
        ("mm[Hg]", "mm[Hg]"),
        ("°C", "Cel"),
        ("ºF", "[degF]"),
        ("lbs", "[lb_av]"),
        ("Ibs", "[lb_av]"),
        ("inches", "[in_i]"),
        ("kg/m²", "kg/m2"),
        ("bpm", "/min"),
        ("lpm", "/min"),
        ("mg/24 h", "mg/d"),
        ("mg/g creat", "mg/g{creat}"),
        ("mgAlb/gCre", "mg/g{creat}"),
        ("ng/mL FEU", "ng/mL{FEU}"),
        ("/HPF", "/[HPF]"),
        ("sec", "s"),
        ("ratio", "{ratio}"),
        ("fL", "fL"),
        ("pg", "pg"),
        ("[mg/dL]", "mg/dL"),
        ("(mg/dL)", "mg/dL"),
        ("mg / dL", "mg/dL"),
        ("mg/|", "mg/L"),
        ("grams per deciliter", "g/dL"),
        ("g/dl.", "g/dL"),
        ("L", "L"),
        ("m[IU]/L", "m[IU]/L"),
    ],
)
def test_printed_units_are_known(printed: str, code: str) -> None:
    assert ucum(printed) == code
    assert unit_of(code) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Normal",
        "Active",
        "M.D.",
        "units",
        "k",
        "1",
        "12",
        "U/",
        "mg/d1",
        "Not",
        "x" * 50,
        "10^4/uL",
        "10^3/kg",
    ],
)
def test_other_words_are_no_units(text: str) -> None:
    assert ucum(text) is None


def test_giga_and_grams_are_told_apart_by_what_is_measured() -> None:
    assert printed_unit("G/L").codes == ("10*9/L", "g/L")
    assert ucum("G/L") is None
    assert shipped().identify("Leukocytes", "G/L").unit == "10*9/L"
    assert shipped().identify("Albumin", "G/L").unit == "g/L"


@pytest.mark.parametrize(
    ("misread", "code"),
    [
        ("mg/db", "mg/dL"),
        ("mgi/dL", "mg/dL"),
        ("mm{Hg]", "mm[Hg]"),
        ("meqil", "meq/L"),
        ("mmo/L", "mmol/L"),
        ("U/I", "U/L"),
    ],
)
def test_misread_units_are_guessed_and_marked(misread: str, code: str) -> None:
    found = printed_unit(misread)
    assert found.codes == (code,)
    assert ucum(misread) in {None, code}


def test_spelling_is_put_right_where_only_one_thing_can_be_meant() -> None:
    assert respelled("Ibs") == "lbs"
    assert respelled("1043/ul") == "10^3/ul"
    assert respelled("10*9/L") == "10*9/L"
    assert respelled(" mg/dL. ") == "mg/dL"


@pytest.mark.parametrize(
    ("value", "source", "target", "wanted"),
    [
        ("7", "10*3/uL", "10*9/L", "7"),
        ("1", "g/dL", "mg/L", "10000"),
        ("60", "U/L", "ukat/L", "1"),
        ("120", "mm[Hg]", "kPa", "15.99864"),
        ("37.0", "Cel", "[degF]", "98.6"),
        ("212", "[degF]", "Cel", "100"),
        ("0", "Cel", "K", "273.15"),
        ("273.15", "K", "Cel", "0.00"),
        ("1", "[lb_av]", "g", "453.59237"),
        ("6", "[ft_i]", "[in_i]", "72"),
        ("5.4", "mmol/L", "mmol/L", "5.4"),
        ("0.45", "1", "%", "45"),
        ("24", "mg/d", "mg/h", "1"),
    ],
)
def test_units_convert(value: str, source: str, target: str, wanted: str) -> None:
    found = convert(Decimal(value), source, target)
    assert found is not None
    assert abs(found - Decimal(wanted)) < Decimal("1e-9")


def test_mass_and_moles_meet_only_through_a_molar_mass() -> None:
    assert convert(Decimal(100), "mg/dL", "mmol/L") is None
    mass = molar_mass("C6H12O6")
    assert mass == Decimal("180.156")
    found = convert(Decimal(100), "mg/dL", "mmol/L", molar_mass=mass)
    assert found is not None
    assert round(found, 2) == Decimal("5.55")
    back = convert(found, "mmol/L", "mg/dL", molar_mass=mass)
    assert back is not None
    assert round(back, 9) == 100


def test_charge_joins_moles_and_equivalents() -> None:
    assert convert(Decimal("4.2"), "meq/L", "mmol/L", charge=2) == Decimal("2.1")
    assert convert(Decimal("4.2"), "meq/L", "mmol/L") is None


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("mg/dL", "mm[Hg]"),
        ("nonsense", "mg/dL"),
        ("mg/dL", "nonsense"),
        ("g2", "mol2"),
        ("mg/kg", "mmol/L"),
        ("Cel", "mg"),
    ],
)
def test_what_does_not_meet_is_not_converted(source: str, target: str) -> None:
    assert convert(Decimal(1), source, target, molar_mass=Decimal(100), charge=1) is None


@pytest.mark.parametrize("code", ["", "foo", "0", "mg//", "/", "10*99", "m99", "x" * 80, "1.."])
def test_other_codes_are_no_ucum(code: str) -> None:
    assert unit_of(code) is None or code in {"mg//", "1.."}


def test_bare_numbers_are_told_from_measures() -> None:
    ratio, mass = unit_of("{ratio}"), unit_of("mg")
    assert ratio is not None
    assert ratio.is_number
    assert mass is not None
    assert not mass.is_number
    assert commensurable("mg/dL", "g/L")
    assert not commensurable("[IU]/L", "U/L")


@pytest.mark.parametrize("formula", ["", "c6", "Xx2", "C6H12O6)"])
def test_molar_mass_refuses_what_is_no_formula(formula: str) -> None:
    with pytest.raises(ValueError, match=r"^.*$"):
        molar_mass(formula)


@pytest.mark.parametrize(
    ("name", "unit", "value", "code"),
    [
        ("ALT", "UA", "52", "U/L"),
        ("Leukocytes", "Gil", "6.2", "10*9/L"),
        ("Ferritin", "pg/L", "182", "ug/L"),
        ("Ferritin", "g/L", "182", "ug/L"),
        ("Creatinine", "pmol/L", "80", "umol/L"),
        ("TSH", "mUIVL", "2.1", "m[IU]/L"),
        ("ALT", "U/L", "52", ""),
        ("ALT", "", "52", ""),
        ("ALT", "tablets", "52", ""),
        ("Nothing known", "UA", "52", ""),
    ],
)
def test_misread_units_are_mended_by_what_the_test_is_measured_in(
    name: str, unit: str, value: str, code: str
) -> None:
    assert mended_unit(shipped(), name, unit, Decimal(value)) == code
