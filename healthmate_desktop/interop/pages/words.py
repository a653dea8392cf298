"""The words of headings, column heads and labels in English, Spanish, French and German."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Literal, TypeVar

from healthmate_desktop.domain.measures.wordlists import spread, words

Role = Literal[
    "",
    "name",
    "value",
    "normal",  # values in the reference range
    "abnormal",  # values outside of it
    "unit",
    "range",
    "low",
    "high",
    "flag",
    "date",
    "previous",
    "specimen",
    "other",
]
Section = Literal[
    "",
    "results",
    "vitals",
    "medications",
    "allergies",
    "problems",
    "immunizations",
    "procedures",
    "history",
    "family",
    "social",
    "plan",
    "exam",
    "other",
]
_Kind = TypeVar("_Kind", Role, Section)


@cache
def plain(text: str) -> str:
    """Small letters without accents and marks, words one space apart."""
    text = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("œ", "oe"))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", text))


def _plainly(table: dict[str, _Kind]) -> dict[str, _Kind]:
    return {plain(phrase): kind for phrase, kind in table.items()}


_HEAD_PHRASES_TABLE: dict[Role, str] = {
    "abnormal": "out of range|outside range|result out of range|fuera de rango|hors norme",
    "normal": "in range|within range|result in range|dentro de rango",
    "low": "low|lower limit|low limit|min|minimum|minimo|limite inferior|untergrenze|lower",
    "high": "high|upper limit|high limit|max|maximum|maximo|limite superior|obergrenze|upper",
    "flag": "h l|hl|l h|abn|a|status flag",
    "date": "date time|date / time",
    "value": (
        "result value|test result|your value|patient value|your result|current result and flag|"
        "result and unit"
    ),
    "name": (
        "result type|test name|vital sign|vital signs|lab test|order name|test description|"
        "tests ordered"
    ),
    "range": (
        "normal value|valor normal|valor de referencia|valeur normale|valeur de reference|ref|"
        "normal|norm|bio ref interval"
    ),
    "other": (
        "result status|test code|ordering provider|performing lab|date of birth|reported date|"
        "test method"
    ),
}
_HEAD_PHRASES: dict[str, Role] = _plainly(spread(_HEAD_PHRASES_TABLE))
_HEAD_WORDS_TABLE: dict[Role, str] = {
    "range": (
        "range|ranges|reference|referencia|referenz|referenzbereich|referenzwert|referenzwerte|"
        "normbereich|normalwerte|normalbereich|references|interval|intervalo|intervalle|normes|"
        "norme|normales|normaux|usuelles|limits|expected|rango|biologiques|sollwert|richtwert|"
        "normwerte|usual|normals|esperado"
    ),
    "previous": (
        "previous|prior|last|anterior|anteriores|anterieur|anterieure|anteriorite|anteriorites|"
        "vorwert|vorwerte|vorbefund|historical|previo|previa"
    ),
    "flag": (
        "flag|flags|abnormal|interpretation|interpretacion|alerta|alert|indicador|bewertung|"
        "markierung|marker|auffallig|hinweis|indicateur|abnormality|interp|kennz|alarma"
    ),
    "unit": "unit|units|unidad|unidades|unite|unites|einheit|einheiten|uom|dimension",
    "value": (
        "result|results|value|values|observed|resultado|resultados|valor|valores|resultat|"
        "resultats|valeur|valeurs|ergebnis|ergebnisse|wert|werte|messwert|measured|current|actual|"
        "reading|finding|findings|istwert|befund"
    ),
    "date": (
        "date|dates|collected|collection|fecha|datum|time|resulted|drawn|taken|toma|prelevement|"
        "abnahme|hora|heure|uhrzeit|zeit"
    ),
    "specimen": "specimen|muestra|material|sample|echantillon|probe|source",
    "name": (
        "test|tests|analyte|analytes|description|component|components|parameter|parameters|"
        "examination|investigation|investigations|determinacion|determinaciones|prueba|pruebas|"
        "analisis|examen|examenes|parametro|parametros|analyse|analyses|examens|parametre|"
        "parametres|untersuchung|untersuchungen|observation|measurement|name|study|assay|exam|"
        "laborwert|bezeichnung|estudio|analito|designation|dosage|magnitud|constituent|vital|"
        "vitals|measure"
    ),
    "other": (
        "comment|comments|provider|lab|method|methode|metodo|details|note|notes|status|code|codigo|"
        "observaciones|remarks|remark|kommentar|bemerkung|bemerkungen|commentaire|commentaires|"
        "technique|performed|by|site|verfahren|facility|loinc|accession|estado|tecnica|comentario|"
        "comentarios|estatus|estado|ordering|quantity|refills|instructions|dose|indications"
    ),
}
_HEAD_WORDS: dict[str, Role] = _plainly(spread(_HEAD_WORDS_TABLE))
_PRIORITY: tuple[Role, ...] = (
    "previous",
    "range",
    "unit",
    "flag",
    "specimen",
    "date",
    "value",
    "name",
    "other",
)
_FILLERS = words(
    "of|de|la|el|los|las|du|des|the|and|y|et|und|in|en|fur|pour|for|your|su|1|2|3|no|nr"
)


def role_of(text: str) -> Role:
    """What a column head says its column holds; "" for other words."""
    said = plain(text)
    if not said:
        return ""
    if said in _HEAD_PHRASES:
        return _HEAD_PHRASES[said]
    tokens = [token for token in said.split() if token not in _FILLERS]
    roles = {_HEAD_WORDS[token] for token in tokens if token in _HEAD_WORDS}
    if (
        not roles
        or len(tokens) > 6
        or sum(token in _HEAD_WORDS for token in tokens) * 2 < len(tokens)
    ):
        return ""
    return next(role for role in _PRIORITY if role in roles)


_SECTIONS_TABLE: dict[Section, str] = {
    "results": (
        "results|result|laboratory results|lab results|labs|laboratory|laboratory information|"
        "laboratory data|test results|diagnostic results|relevant diagnostic tests|"
        "relevant diagnostic tests and or laboratory data|pertinent results|laboratory report|"
        "lab report|chemistry|hematology|haematology|chemistries|chemistries and drug levels|"
        "urinalysis|complete blood count|cbc|blood count|full blood count|fbc|lipid panel|lipids|"
        "lipid profile|thyroid|thyroid function|thyroid function tests|liver function tests|"
        "liver panel|hepatic function panel|renal panel|renal function|kidney function|coagulation|"
        "electrolytes|cardiac markers|tumor markers|tumour markers|blood gas|blood gases|"
        "arterial blood gas|arterial blood gases|venous blood gas|comprehensive metabolic panel|"
        "basic metabolic panel|metabolic panel|serology|immunology|endocrinology|hormones|vitamins|"
        "toxicology|drug levels|microbiology|iron studies|differential|clinical chemistry|"
        "general chemistry|resultados|resultados de laboratorio|laboratorio|analitica|bioquimica|"
        "hematologia|hemograma|coagulacion|perfil lipidico|perfil hepatico|perfil tiroideo|"
        "hormonas|orina|analisis de orina|sedimento|sedimento urinario|uroanalisis|inmunologia|"
        "serologia|gasometria|marcadores tumorales|bioquimica clinica|quimica sanguinea|"
        "funcion renal|funcion hepatica|resultats|biologie|bilan biologique|resultats biologiques|"
        "biochimie|hematologie|hemogramme|numeration formule sanguine|nfs|hemostase|"
        "coagulation sanguine|bilan lipidique|bilan hepatique|bilan thyroidien|ionogramme|"
        "examens biologiques|analyses d urine|hormonologie|immunologie|serologie|"
        "biochimie sanguine|biochimie urinaire|marqueurs tumoraux|laborwerte|laborbefund|"
        "laborbefunde|labor|befunde|blutbild|kleines blutbild|grosses blutbild|klinische chemie|"
        "hamatologie|gerinnung|urinstatus|urin|schilddruse|lipide|leberwerte|nierenwerte|"
        "elektrolyte|hormone|vitamine|immunologie und serologie|blutgasanalyse|tumormarker|"
        "entzundung|stoffwechsel"
    ),
    "vitals": (
        "vital signs|vitals|vital sign|physical measurements|signos vitales|constantes vitales|"
        "constantes|signes vitaux|constantes vitales du patient|vitalparameter|vitalzeichen|"
        "vitalwerte|biometria|somatometria|mensurations|biometrics|vital signs and measurements"
    ),
    "medications": (
        "medications|medication|medication list|current medications|discharge medications|"
        "home medications|medications administered|hospital discharge medications|"
        "admission medications|medications on admission|medications at discharge|"
        "medicines to take at home|medicines to take|your medicines|your medications|"
        "current medicines|medicines at discharge|medicines on discharge|discharge medicines|"
        "medications on discharge|medicines|current medication|prescriptions|prescription|"
        "active medications|outpatient medications|discharge medication|regular medication|"
        "hospital discharge medication|hospital admission medications|tratamiento|"
        "tratamiento al alta|medicacion|medicacion actual|medicamentos|tratamiento habitual|"
        "medicacion al alta|tratamiento actual|medicacion habitual|medicacion domiciliaria|"
        "traitement|traitement de sortie|traitements|medicaments|traitement habituel|"
        "traitement a la sortie|traitement en cours|ordonnance|traitement actuel|"
        "traitement personnel|traitement d entree|medikation|medikamente|entlassmedikation|"
        "aktuelle medikation|medikation bei entlassung|dauermedikation|entlassungsmedikation|"
        "therapie|aufnahmemedikation|medikation bei aufnahme|hausmedikation"
    ),
    "allergies": (
        "allergies|allergy|allergies and adverse reactions|allergies adverse reactions alerts|"
        "allergies adverse reactions|allergies and intolerances|allergy list|drug allergies|"
        "medication allergies|known allergies|alerts|adverse reactions|"
        "allergies adverse reactions and alerts|allergies and reactions|alergias|alergia|alergias medicamentosas|"
        "reacciones adversas|alergias e intolerancias|alergias conocidas|allergie|"
        "allergies et intolerances|allergies connues|allergien|allergien und unvertraglichkeiten|"
        "unvertraglichkeiten|bekannte allergien|allergien unvertraglichkeiten"
    ),
    "problems": (
        "problems|problem list|problem|diagnoses|diagnosis|discharge diagnoses|discharge diagnosis|"
        "admission diagnosis|admitting diagnosis|principal diagnosis|final diagnosis|"
        "final diagnoses|secondary diagnoses|other diagnoses|assessment|active problems|"
        "active problem list|primary diagnosis|secondary diagnosis|medical conditions|conditions|"
        "active concerns|resolved concerns|hospital discharge diagnosis|"
        "hospital admission diagnosis|encounter diagnoses|resolved problems|impression|"
        "chronic conditions|current problems|health concerns|diagnosticos|diagnostico|"
        "diagnostico principal|diagnosticos secundarios|diagnosticos al alta|problemas|"
        "juicio clinico|diagnostico al alta|lista de problemas|impresion diagnostica|"
        "juicio diagnostico|diagnostics|diagnostic|diagnostic principal|diagnostics de sortie|"
        "problemes|diagnostic de sortie|diagnostics associes|diagnostic retenu|problemes actifs|"
        "conclusion diagnostique|diagnosen|diagnose|hauptdiagnose|nebendiagnosen|entlassdiagnosen|"
        "entlassungsdiagnosen|aufnahmediagnose|entlassdiagnose|dauerdiagnosen|aktuelle diagnosen|"
        "weitere diagnosen"
    ),
    "immunizations": (
        "immunizations|immunization|immunisations|vaccinations|vaccines|immunization history|"
        "vacunas|vacunaciones|inmunizaciones|vaccins|impfungen|impfstatus|impfpass|"
        "vaccination history|calendario vacunal"
    ),
    "procedures": (
        "procedures|procedure|operations|surgeries|procedures performed|operative procedures|"
        "surgical history|past surgical history|procedimientos|intervenciones|cirugias|"
        "antecedentes quirurgicos|interventions|actes|antecedents chirurgicaux|eingriffe|"
        "prozeduren|operationen|therapeutische eingriffe"
    ),
    "history": (
        "past medical history|medical history|history|history of present illness|"
        "history of past illness|past history|hospital course|brief hospital course|"
        "history and physical|clinical course|course|pmh|hpi|hospital course per problem list|"
        "antecedentes|antecedentes personales|enfermedad actual|historia clinica|evolucion|"
        "antecedentes medicos|anamnesis|motivo de consulta|historia actual|antecedents|"
        "antecedents medicaux|histoire de la maladie|evolution|motif d hospitalisation|"
        "motif de consultation|anamnese|verlauf|vorerkrankungen|epikrise|vorgeschichte|"
        "therapie und verlauf|beurteilung|aktuelle anamnese"
    ),
    "family": "family history|antecedentes familiares|antecedents familiaux|familienanamnese",
    "social": (
        "social history|habits|habitos|habitos toxicos|mode de vie|sozialanamnese|"
        "antecedentes sociales|habitus"
    ),
    "plan": (
        "plan|plan of care|plan of treatment|follow up|discharge instructions|instructions|"
        "recommendations|discharge plan|disposition|care plan|treatment plan|assessment and plan|"
        "goals|appointments|future appointments|seguimiento|recomendaciones|plan terapeutico|"
        "recomendaciones al alta|suivi|recommandations|conduite a tenir|prozedere|procedere|"
        "empfehlung|empfehlungen|nachsorge|weiteres vorgehen|kontrolle|patient instructions|"
        "next steps"
    ),
    "exam": (
        "physical exam|physical examination|examination|exam|befund|korperlicher befund|"
        "aufnahmebefund|status|klinischer befund|exploracion fisica|exploracion|examen fisico|"
        "examen clinique|examen physique|korperliche untersuchung|untersuchungsbefund|"
        "review of systems|imaging|radiology|imaging results|pruebas complementarias|radiologia|"
        "imagerie|examens complementaires|bildgebung|rontgen"
    ),
    "other": (
        "condition on discharge|activity|diet|encounters|encounter|insurance|payers|"
        "advance directives|functional status|medical equipment|reason for visit|chief complaint|"
        "reason for referral|signature|care team|contacts|demographics|patient information|"
        "provider|documents|description|dieta|comment|comments|notes|condition at discharge|"
        "reason for admission|mental status|authors|hospital discharge instructions|visit summary|"
        "chief complaint and reason for visit"
    ),
}
_SECTIONS: dict[str, Section] = _plainly(spread(_SECTIONS_TABLE))
_NUMBERING = re.compile(r"^\s*(?:[IVX]{1,4}|\d{1,2}|[A-Z])[.)]\s+")
_IN_BRACKETS = re.compile(r"[(\[].*?[)\]]")
_SIDE_WORDS = words(
    "the|of|and|for|or|report|section|panel|profile|data|list|current|continued|cont|summary|"
    "de|del|la|y|e|et|des|du|und|patient|s|on|at|test|tests"
)


def section_of(heading: str) -> Section:
    """Which part of a document a heading opens; "" for words that are no heading known here."""
    text = _IN_BRACKETS.sub(" ", _NUMBERING.sub("", heading))
    said = plain(text.split(":")[0] if ":" in text else text)
    if not said or len(said) > 70:
        return ""
    if said in _SECTIONS:
        return _SECTIONS[said]
    kept = " ".join(word for word in said.split() if word not in _SIDE_WORDS)
    return _SECTIONS.get(kept, "")


_COMMON: dict[str, frozenset[str]] = {
    "es": words(
        "de|la|el|los|las|del|con|para|por|una|paciente|fecha|resultado|resultados|valores|"
        "referencia|unidades|prueba|sangre|nombre|edad"
    ),
    "fr": words(
        "de|la|le|les|des|du|avec|pour|une|patient|date|resultat|resultats|valeurs|reference|"
        "unites|analyse|sang|nom|ne|prelevement"
    ),
    "de": words(
        "der|die|das|und|mit|fur|von|ein|eine|patient|datum|ergebnis|ergebnisse|"
        "referenzbereich|"
        "einheit|untersuchung|blut|name|geboren"
    ),
    "en": words(
        "the|of|and|with|for|from|patient|date|result|results|values|reference|units|"
        "test|blood|"
        "name|age|collected|range"
    ),
}


def language_of(text: str) -> str:
    """By its commonest words "en", "es", "fr" or "de"; "" if no language stands out."""
    tokens = plain(text[:20_000]).split()
    counts = {
        language: sum(token in words for token in tokens) for language, words in _COMMON.items()
    }
    ranked = sorted(counts, key=lambda language: -counts[language])
    best, second = ranked[0], ranked[1]
    return best if counts[best] >= 3 and counts[best] > 1.2 * counts[second] else ""
