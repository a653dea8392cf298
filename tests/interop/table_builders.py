"""Small tables of results, the words they are read with, and what the reader makes of them."""

from __future__ import annotations

import csv
import dataclasses
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.measures.analytes import Vocabulary
from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.interop.tables import TableMapping, column_guess, read_table

if TYPE_CHECKING:
    from healthmate_desktop.interop.tables.mapping import Row

NAMES = """name\tformula\tcharge\ten\tes\tfr\tde
sodium\tNa\t1\tSodium; Na\tSodio\tSodium\tNatrium
potassium\tK\t1\tPotassium\tPotasio\tPotassium\tKalium
hemoglobin\t16114.5\t\tHemoglobin; Hb\tHemoglobina\tHémoglobine\tHämoglobin
glucose\tC6H12O6\t\tGlucose; Blood sugar\tGlucosa\tGlycémie\tGlukose
leukocytes\t\t\tLeukocytes\tLeucocitos\tLeucocytes\tLeukozyten
ldl\t\t\tLow density lipoprotein; LDL\t\t\t
ph\t\t\tpH\t\t\t
bp\t\t\tBlood pressure; BP\t\t\tBlutdruck
bp_systolic\t\t\tSystolic\t\t\tSystolisch
pulse\t\t\tPulse; Heart rate\t\t\tPuls
urine_glucose\t\t\tUrine glucose\t\t\t
"""


CODES = """name\tspecimen\tloinc\tlong_common_name\tunits\tplausible
sodium\tser\t2951-2\tSodium in Serum\tmmol/L;meq/L\t90-200
potassium\tser\t2823-3\tPotassium in Serum\tmmol/L\t1-12
hemoglobin\tbld\t718-7\tHemoglobin in Blood\tg/dL;g/L\t2-30
glucose\tser\t2345-7\tGlucose mass in Serum\tmg/dL\t10-1500
glucose\tser\t14749-6\tGlucose moles in Serum\tmmol/L\t0.5-80
leukocytes\tbld\t6690-2\tLeukocytes in Blood\t10*3/uL;10*9/L\t0.05-500
ldl\tser\t2089-1\tLDL in Serum\tmg/dL\t
ph\turine\t5803-2\tpH of Urine\t1\t
bp\tbody\t85354-9\tBlood pressure panel\tmm[Hg]\t
bp_systolic\tbody\t8480-6\tSystolic blood pressure\tmm[Hg];kPa\t30-320
pulse\tbody\t8867-4\tHeart rate\t/min\t20-300
urine_glucose\turine\t25428-4\tGlucose in Urine\t-\t
"""


KNOWN = Vocabulary.parse(NAMES, CODES)


LONG = "Date,Test,Result,Units,Reference Range,Flag\n2024-03-05,Sodium,141,mmol/L,135-145,\n"


def rows_of(text: str, delimiter: str = ",") -> list[Row]:
    return list(enumerate(map(tuple, csv.reader(text.splitlines(), delimiter=delimiter)), 1))


def guess(text: str, delimiter: str = ",") -> TableMapping:
    return column_guess(rows_of(text, delimiter), KNOWN)


def read(text: str, delimiter: str = ",", **changes: Any) -> list[Proposal | NamedPerson | Problem]:
    rows = rows_of(text, delimiter)
    mapping = dataclasses.replace(column_guess(rows, KNOWN), **changes)
    return list(read_table(rows, mapping, KNOWN))


def proposals(text: str, delimiter: str = ",", **changes: Any) -> list[Proposal]:
    found = read(text, delimiter, **changes)
    assert not [each for each in found if isinstance(each, Problem)]
    return [each for each in found if isinstance(each, Proposal)]


def roles(text: str, delimiter: str = ",") -> list[str]:
    return [role.value for role in guess(text, delimiter).roles]
