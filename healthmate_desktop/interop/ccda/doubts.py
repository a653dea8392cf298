"""The sentences that say why a person should look at something that was read."""

from __future__ import annotations

WORDS_ONLY = "The document names this in words only, without a code."
NO_NAME = "The document does not say what this is."
UNKNOWN = "The document marks this as not known."
NOTHING_KNOWN = (
    "The document has no information about this, which is not the same as there being none."
)
NONE_OR_UNKNOWN = (
    "Its code says that there are none. Its words can also mean that nothing was written down."
)
CLOSED_ALLERGY = "The document has closed this entry without saying that the allergy is over. It is shown as active."
CLOSED_PROBLEM = "The document no longer follows this problem. It does not say whether it is over."
ENDED_AND_ACTIVE = "The document calls this active and also gives the day it ended."
STILL_TAKEN = "The document does not say whether this is still taken."
ENDED_MEDICINE = "The document calls this active, but the time it was given for is over."
NEGATED_ALLERGY = "The document says that there is no such allergy."
NEGATED_PROBLEM = "The document says that this was looked for and is not there."
NOT_WHICH = "The document does not say what the allergy is to."
NEGATED = "The document says that this is not so."
NOT_DONE = "The document says that this was not done."
NOT_GIVEN = "The document does not say whether this vaccine was given."
ODD_VALUE = "The value could not be read as a number. It is kept in the words of the document."


def odd_unit(unit: str) -> str:
    return f"The unit “{unit[:40]}” is not one that HealthMate knows."


def bad_date(value: str) -> str:
    return f"The date “{value[:40]}” could not be read."
