"""Which language a question is written in, by its commonest words; and those words left out of a search."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Language = Literal["en", "es", "fr"]

LONGEST = 2000  # characters that are looked at
_LEAST = 2  # signs of another language than English
_WORD = re.compile(r"[^\W\d_]+")
_SIGNS = {  # that only one of these languages has, or has often
    "es": re.compile(r"[ñ¿¡]|(?:ción|iones)\b|\w{3}(?:o|os|as)\b", re.IGNORECASE),
    "fr": re.compile(
        r"[çœèêùûëï]|\b(?:qu|[ldjncsm])['\u2019](?=[^\W\d_]{2})|(?:eux|eau|ées?|é|aires?|que|ment|ettes?)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\bth|\bwh|sh\b|ght|ing\b|n['\u2019]t\b|[eo]w\b|\w(?:ee|oo)\w|[^aeiou]ed\b", re.IGNORECASE
    ),
    "de": re.compile(r"ß|sch|(?:ung|keit|lich)\b", re.IGNORECASE),
}

# Words without which hardly a question is asked, without accents, and then the commonest of those about health.
_STOP = {
    "es": """
        a al algo ante antes aun como con contra cual cuales cuando cuanta cuantas cuanto cuantos de
        debe debo deberia
        deben del desde despues donde durante e el ella ellas ellos en entre era es esa ese eso esta
        estan estar este
        esto estos estas estoy fue ha hace hacer hago han hasta hay he la las le les lo los mas me
        mi mis mucho mucha
        muy nada ni no nos o otra otro para pero poco por porque pue pueda puede pueden puedo que
        quien quiero se sea
        ser seria si sin sobre sirve son soy su sus tan te tengo tener tiene tienen tienes todo
        todos tu tus un una
        unas uno unos usted va voy y ya yo
    """,
    "fr": """
        a ai aie apres as au aussi autre aux avant avec avoir car ce cela ces cet cette chez comme
        comment combien
        contre dans de depuis des dois doit doivent donc du elle elles en encore entre es est et
        etait etre eu faire
        fais fait faut ici il ils j je l la le les leur lui ma mais me meme mes moi mon n ne ni nos
        notre nous on ou
        par pas pendant peu peut peuvent peux plus pour pourquoi puis qu quand que quel quelle
        quelles quels qui quoi
        s sa sans se sera ses si son sont suis sur t ta te tes ton tous tout toute tres trop tu un
        une va vais vos
        votre vous y c d m
    """,
    "en": """
        a about after am an and any are as at be been before but by can could did do does doing for
        from had has have
        he her his how i if in into is it its just long me much must my not of often on one or our
        out over she should
        so some such than that the their them then there these they this to too up was we were what
        when where which
        while who why will with without would you your
    """,
    "de": """
        aber als am an auch auf aus bei bin das dem den der des die durch ein eine einem einen einer
        er es fur habe
        hat haben hilft ich ihr im in ist kann kein keine man mein meine meinem meinen meiner mit
        muss nach nicht oder
        sein sich sie sind soll sollte uber um und viel von vor wann warum was welche wenn wie wird
        wo zu zum zur
    """,
}
_HEALTH = {
    "es": """
        agua alergia anos azucar bajar bebe boca brazo cabeza calor cancer corazon comer cuello dias
        diente dolor doler
        duele embarazada embarazo enfermedad espalda estomago fiebre garganta gripe hierro higado
        hija hijo hinchado
        huesos inyeccion jarabe mareo mareos medicamento medicina miedo nariz nino ninos oido orina
        pastilla pastillas
        pecho pierna piel presion pulmon rinon rodilla sal sangre sintomas sueno tos tomar
        tratamiento vacuna vacunas efectos
        vientre vomitos corazon colesterol alta baja altas
    """,
    "fr": """
        bebe bouche bras cancer coeur cou dent dos dormir douleur douleurs enceinte enfant enfants
        fievre foie gorge
        gouttes grippe grossesse jambe jours mal maladie malade manger medicament medicaments nez
        oreille os peau peur
        piqure poitrine poumon prendre rein sang sel sucre effets symptome symptomes soir tension
        tete toux traitement urine vaccin
        vaccins ventre vertige vertiges yeux cholesterol eleve elevee
    """,
    "en": """
        ache asthma baby back bleeding blood bone burn cause causes cheek chest child cold cough
        diabetes disease dose
        drug ear eye failure feel fever flu foot get hand head headache heart help high hurt itch
        kidney knee leg liver
        low lung medicine mouth neck pain pill pregnancy pregnant pressure rash safe shot side skin
        sleep sore stomach
        stroke sugar swollen symptoms tablet tablets take test throat treatment urine weight
    """,
    "de": """
        baby bauch blut blutdruck fieber halsschmerzen herz husten kind kopf kopfschmerzen medikament nieren
        rucken schmerzen schwanger schwangerschaft tabletten zucker
    """,
}
_WORDS = {code: frozenset(text.split()) for code, text in _STOP.items()}
_TELLING = {code: frozenset(text.split()) for code, text in _HEALTH.items()}


def language_of(question: str) -> Language | None:
    """None where no language stands out, or it is none of these three."""
    question = question[:LONGEST]
    words = set(_WORD.findall(plain(question)))
    points = {
        code: len(words & _WORDS[code])
        + len(words & _TELLING[code])
        + min(2, len(set(_SIGNS[code].findall(question))))
        for code in _WORDS
    }
    best, second = sorted(points, key=lambda code: -points[code])[:2]
    sure = points[best] > points[second] and (best == "en" or points[best] >= _LEAST)
    if best == "de" or not sure:
        return None
    languages: dict[str, Language] = {"en": "en", "es": "es", "fr": "fr"}
    return languages[best]


def looked_up(question: str, language: Language | None) -> str:
    """The question without the words that say nothing in Spanish or French; the index knows the English ones."""
    if language not in ("es", "fr"):
        return question
    return " ".join(w for w in re.findall(r"\w+", question) if plain(w) not in _WORDS[language])


def plain(text: str) -> str:
    """Lower case, without accents."""
    letters = unicodedata.normalize("NFD", text.lower().replace("œ", "oe"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
