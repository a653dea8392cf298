"""How often an answer quotes the right topic, and how often the gate errs: python tests/benchmarks/answers.py

Asks the questions of answers.toml and of the sample family through the product, in a vault of its own.
"""

from __future__ import annotations

import re
import secrets
import statistics
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from healthmate_desktop.composition import Commons, Services, create_vault, open_vault
from healthmate_desktop.paths import Paths, resources_dir
from healthmate_desktop.services.samples import install_samples
from healthmate_desktop.services.steps import finished
from healthmate_desktop.settings import Settings

if TYPE_CHECKING:
    from healthmate_desktop.domain.answers import Answer
    from healthmate_desktop.domain.ids import PatientId

QUESTIONS = Path(__file__).with_suffix(".toml")
Json = dict[str, Any]


def main() -> None:
    questions = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))
    samples = resources_dir() / "sample"
    family = tomllib.loads((samples / "family.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        paths, passphrase = Paths(Path(folder)), secrets.token_urlsafe(24)
        create_vault(paths, passphrase)
        commons = Commons(paths, Settings())
        finished(commons.library.install_starter(resources_dir() / "library"))
        services = open_vault(paths, passphrase, commons)
        people, _ = finished(install_samples(samples, services.patients, services.importing))
        ids = {person.name: person.id for person in people}
        report(services, questions, family, ids)
        services.close()
        commons.close()


def report(services: Services, questions: Json, family: Json, ids: dict[str, PatientId]) -> None:
    someone = next(iter(ids.values()))
    asked = [(q, ask(services, q["text"], someone)) for q in questions["answerable"]]
    say(
        "library: right topic first", [topics(a)[0] in q["topics"] for q, a in asked if a.sentences]
    )
    say("library: right topic quoted", [bool({*topics(a)} & {*q["topics"]}) for q, a in asked])
    told = [*family["questions"], *questions["own"]]
    own = [(q, ask(services, q["question"], ids[q["person"]])) for q in told]
    say("documents: right place quoted", [quotes(a, q["quote"]) for q, a in own])
    in_halves("answerable but refused", [not a.sentences for _, a in asked + own])
    none = [ask(services, text, someone) for text in questions["unanswerable"]]
    none += [ask(services, q["question"], ids[q["person"]]) for q in family["unanswerable"]]
    in_halves("unanswerable but answered", [bool(a.sentences) for a in none])
    fresh = [(q, ask(services, q["text"], someone)) for q in questions["fresh_answerable"]]
    say("fresh: right topic quoted", [bool({*topics(a)} & {*q["topics"]}) for q, a in fresh])
    say("fresh: answerable but refused", [not a.sentences for _, a in fresh])
    none = [ask(services, text, someone) for text in questions["fresh_unanswerable"]]
    say("fresh: unanswerable but answered", [bool(a.sentences) for a in none])
    seconds = statistics.median(a.seconds.total for _, a in asked)
    print(f"median seconds an answer: {seconds:.2f}")


def ask(services: Services, question: str, patient_id: PatientId) -> Answer:
    return finished(services.assistant.ask(question, patient_id)).answer


def topics(answer: Answer) -> list[str]:
    return [c.external_id for sentence in answer.sentences for c in sentence.citations]


def quotes(answer: Answer, pattern: str) -> bool:
    return any(re.search(pattern, " ".join(s.text.split())) for s in answer.sentences)


def in_halves(what: str, truths: list[bool]) -> None:
    say(what, truths)
    say("  of the odd entries, which tuned", truths[::2])
    say("  of the even entries, which check", truths[1::2])


def say(what: str, truths: list[bool]) -> None:
    print(f"{what}: {sum(truths)} of {len(truths)} ({sum(truths) / max(1, len(truths)):.1%})")


if __name__ == "__main__":
    main()
