"""The language of a question, with and without accents, short and long."""

import pytest

from healthmate_desktop.domain.languages import language_of, looked_up

pytestmark = pytest.mark.unit

ENGLISH = """
    how long does a cold last
    can I take ibuprofen with warfarin?
    heart failure
    what does high potassium mean
    is it safe to fly when pregnant
    swollen ankles at night
    my son has a temperature
    chest pain when walking
    blood in urine
    why am I always tired
    side effects of metformin
    how to lower blood pressure
"""
SPANISH = """
    ¿cuánto dura un resfriado?
    puedo tomar ibuprofeno con la presion alta
    dolor de cabeza muy fuerte
    que significa el potasio alto
    mi hijo tiene fiebre
    me duele el pecho al caminar
    sangre en la orina
    por que estoy siempre cansada
    efectos secundarios de la metformina
    cómo bajar el azúcar
    tobillos hinchados por la noche
    vacunas para un bebé de dos meses
"""
FRENCH = """
    combien de temps dure un rhume ?
    puis-je prendre de l'ibuprofène avec ma tension ?
    mal de tête très fort
    que veut dire un potassium eleve
    mon fils a de la fièvre
    j'ai mal a la poitrine en marchant
    du sang dans les urines
    pourquoi suis-je toujours fatiguée
    effets secondaires de la metformine
    comment faire baisser le sucre
    chevilles enflées le soir
    vaccins pour un bébé de deux mois
"""
OTHERS = """
    12345
    wie lange dauert eine Erkältung
    was hilft gegen Kopfschmerzen
    mein Kind hat Fieber und Husten
"""


def questions(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        *((question, "en") for question in questions(ENGLISH)),
        *((question, "es") for question in questions(SPANISH)),
        *((question, "fr") for question in questions(FRENCH)),
        *((question, None) for question in questions(OTHERS)),
    ],
)
def test_language_of_a_short_question_is_known(question: str, language: str | None) -> None:
    assert language_of(question) == language


def test_words_of_asking_are_not_looked_up() -> None:
    assert looked_up("¿Qué debo hacer si me duele la cabeza?", "es") == "duele cabeza"
    assert looked_up("Que dois-je faire si j'ai mal à la tête ?", "fr") == "mal tête"
    assert looked_up("What is it?", "en") == "What is it?"
    assert looked_up("Was ist das?", None) == "Was ist das?"
