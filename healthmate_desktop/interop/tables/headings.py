"""Headings of tables in several languages, and what they say the column holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from healthmate_desktop.domain.measures.printed_units import printed_unit
from healthmate_desktop.interop.tables.mapping import Role, plain_heading

if TYPE_CHECKING:
    from collections.abc import Iterator

# What comes first wins where a heading has words of several: "Test date" is a date, "Result unit" a unit.
_WORDS: tuple[tuple[Role, str], ...] = (
    (Role.BIRTH_DATE, """
        birth|dob|d o b|born|birthdate|birthday|date of birth|geburtsdatum|geboren|geb datum|date de naissance
        |naissance|fecha de nacimiento|nacimiento|data di nascita|nascita|data de nascimento|nascimento
        |geboortedatum|data urodzenia"""),
    (Role.SEX, "sex|gender|geschlecht|sexe|sexo|sesso|geslacht|płeć"),
    (Role.IDENTIFIER, """
        mrn|patient id|patient number|patient no|medical record number|nhs number|patienten id|patientennummer
        |chart number|numéro patient|id paciente|nº historia|codice fiscale"""),
    (Role.PERSON, """
        patient|patient name|name of patient|person|client|subject|first name|last name|surname|given name
        |family name|forename|vorname|nachname|prénom|nom du patient|nom patient|nombre del paciente|paciente
        |apellidos|paziente|cognome|patiënt|pacjent"""),
    (Role.DATE, """
        date|datum|fecha|dato|datetime|date time|date/time|date and time|timestamp|date de prélèvement
        |date du prélèvement|fecha de toma|fecha toma|data prelievo|data de coleta|data badania|collected
        |collection date|collected date|collection|sample date|drawn|taken|abnahmedatum|entnahmedatum|abnahme
        |datum uhrzeit|effective date|dag"""),
    (Role.TIME, "time|uhrzeit|zeit|heure|hora|ora|tijd|klokkeslæt|tid|godzina|time of day"),
    (Role.UNIT, """
        unit|units|uom|unit of measure|einheit|einheiten|einh|dimension|unité|unités|unidad|unidades|unità
        |unità di misura|u m|unidade|unidades|eenheid|jednostka|enhed|enhet|yksikkö|ucum"""),
    (Role.LOW, """
        low|lower|min|minimum|ref low|low limit|lower limit|reference low|range low|normal low|low range
        |untere grenze|untergrenze|von|unterer|inférieur|borne inférieure|limite inférieure|inferior
        |límite inferior|mínimo|minimo|ondergrens|from"""),
    (Role.HIGH, """
        high|upper|max|maximum|ref high|high limit|upper limit|reference high|range high|normal high|high range
        |obere grenze|obergrenze|bis|oberer|supérieur|borne supérieure|limite supérieure|superior
        |límite superior|máximo|massimo|bovengrens|to"""),
    (Role.RANGE, """
        range|reference|ref|normal|ref range|reference range|normal range|reference interval|reference values
        |normal values|expected|referenzbereich|referenz|referenzwert|normbereich|normwert|norm
        |valeurs de référence|valeur de référence|référence|normes|norme|valores de referencia
        |valor de referencia|rango de referencia|rango|referencia|intervallo di riferimento|riferimento
        |valori di riferimento|referência|valores de referência|referentie|referentiewaarden|norma
        |referenceinterval"""),
    (Role.FLAG, """
        flag|flags|abnormal|abnormal flag|interpretation|indicator|h/l|hi/lo|out of range|markierung|kennzeichen
        |bewertung|flagge|alerte|anomalie|alerta|indicador|marcador|auffällig|pathologisch"""),
    (Role.CODE, "loinc|loinc code|code|test code|loinc num|loinc nr|código|codigo|codice|kode|kod"),
    (Role.NOTE, """
        note|notes|comment|comments|remark|remarks|bemerkung|bemerkungen|kommentar|anmerkung|commentaire
        |commentaires|remarque|comentario|comentarios|observaciones|nota|notas|note|commenti|opmerking
        |opmerkingen|uwagi|notiz|notizen"""),
    (Role.SPECIMEN, """
        specimen|sample|specimen type|sample type|material|probenmaterial|probe|échantillon|muestra
        |tipo de muestra|campione|amostra|materiaal|matrix"""),
    (Role.PERFORMER, """
        lab|laboratory|performer|facility|performing lab|provider|hospital|clinic|device|labor|laboratoire
        |laboratorio|laboratório"""),
    (Role.VALUE, """
        value|values|result|results|reading|readings|numeric result|result value|test result|wert|werte|ergebnis
        |messwert|befund|resultat|résultat|résultats|valeur|valeurs|resultado|resultados|valor|risultato
        |risultati|valore|uitslag|waarde|resultaat|wynik|wyniki|værdi|værde|svar|tulos|amount|measured value"""),
    (Role.NAME, """
        test|tests|analyte|parameter|test name|name|component|lab test|examination|investigation|item
        |measurement|observation|type|metric|description|vital|vital sign|lab|panel component|analyse|analysen
        |analyt|untersuchung|bezeichnung|messgröße|parameter|analysis|examen|paramètre|libellé|désignation
        |análisis|prueba|determinación|analito|parámetro|esame|analisi|parametro|exame|análise|parâmetro
        |bepaling|onderzoek|test naam|badanie|parametr|prøve|undersøgelse|tutkimus|laborwert"""),
)  # fmt: skip
_IGNORED = re.compile(
    r"\b(?:order|panel|accession|status|ordered|reported|received|version|previous|prior|vorwert|antériorité|anterior)\b"
)
_ID = re.compile(r"\b(?:id|no|nr|number|#|uuid)\b")
_ALONE = frozenset((  # too common in other headings to count there
    *("to", "from", "von", "bis", "low", "high", "normal", "type", "item", "name", "test", "lab", "ref", "norm"),
    *("dato", "dag", "tid", "ora", "min", "max", "sample", "material", "probe", "system", "first", "note", "code"),
    *("collection", "taken", "person", "subject", "amount", "description", "superior", "inferior", "date"),
))  # fmt: skip
_PHRASES = {
    " ".join(phrase.split()): (role, rank)
    for rank, (role, words) in reversed(list(enumerate(_WORDS)))
    for phrase in words.split("|")
}
_BRACKETS = re.compile(r"\s*[(\[{]\s*([^()\[\]{}]{1,30})\s*[)\]}]\s*\Z")
_AFTER = re.compile(r"\s*(?:,| in | en |/ )\s*(\S{1,20})\Z")


class Heading(NamedTuple):
    """What a heading says. `sure` is 1 where it says nothing else, less where a word of it does; 0 = nothing."""

    role: Role
    sure: float


_NOTHING = Heading(Role.IGNORED, 0.0)


def role_of(heading: str) -> Heading:
    plain = plain_heading(heading)
    if plain in _PHRASES:
        return Heading(_PHRASES[plain][0], 1.0)
    bare = plain_heading(split_unit(heading)[0])
    if bare in _PHRASES:
        return Heading(_PHRASES[bare][0], 0.9)
    words = plain.replace("/", " ").split()
    if not 0 < len(words) <= 5:
        return _NOTHING
    if _IGNORED.search(plain):
        return Heading(Role.IGNORED, 0.5)
    role = min(_roles_within(words), default=(0, None))[1]
    if role and _ID.search(plain) and role is not Role.IDENTIFIER:
        return Heading(Role.CODE if role is Role.NAME else Role.IGNORED, 0.5)
    return Heading(role, 0.6) if role else _NOTHING


def _roles_within(words: list[str]) -> Iterator[tuple[int, Role]]:
    for length in (1, 2, 3):
        for at in range(len(words) - length + 1):
            phrase = " ".join(words[at : at + length])
            at_an_end = at == 0 or at + length == len(words)
            if phrase in _PHRASES and (at_an_end or phrase not in _ALONE):
                role, rank = _PHRASES[phrase]
                yield rank, role


def split_unit(heading: str) -> tuple[str, str]:
    """The name and the unit of "Glucose (mmol/L)"; "" where no unit is printed."""
    text = " ".join(heading.split())
    for pattern in (_BRACKETS, _AFTER):
        found = pattern.search(text)
        if found and (printed_unit(found[1]).codes or found[1] in ("%", "/min")):
            return text[: found.start()].strip(" ,:;-"), found[1]
    before, _, last = text.rpartition(" ")
    if before and (last == "%" or (len(last) > 1 and "/" in last)) and printed_unit(last).codes:
        return before.strip(" ,:;-"), last
    return text, ""
