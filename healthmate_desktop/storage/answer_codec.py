"""An answer as one JSON text, so that a turn reads back exactly as it was shown."""

from __future__ import annotations

import json
from dataclasses import asdict

from healthmate_desktop.domain.answers import Answer, AnswerSentence, Citation, Timing
from healthmate_desktop.domain.triage import Level, Number, Reason, Triage


def answer_to_text(answer: Answer) -> str:
    return json.dumps(asdict(answer), ensure_ascii=False, separators=(",", ":"))


def answer_from_text(text: str) -> Answer:
    values = json.loads(text)
    triage = values["triage"]
    return Answer(
        route=values["route"],
        sentences=tuple(
            AnswerSentence(
                sentence["text"],
                tuple(Citation(**citation) for citation in sentence["citations"]),
            )
            for sentence in values["sentences"]
        ),
        triage=Triage(
            level=Level(triage["level"]),
            reasons=tuple(Reason(**reason) for reason in triage["reasons"]),
            advice=triage["advice"],
            steps=tuple(triage["steps"]),
            numbers=tuple(Number(**number) for number in triage["numbers"]),
        ),
        weights=values["weights"],
        seconds=Timing(**values["seconds"]),
        note=values["note"],
    )
