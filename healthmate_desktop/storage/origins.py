"""When the papers of a person are from and who sent them, as far as the records that were read from them say."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from healthmate_desktop.domain.documents import Origin
from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.json_text import value_at
from healthmate_desktop.storage.rows import live
from healthmate_desktop.storage.tables import DOCUMENT, RECORD

if TYPE_CHECKING:
    from healthmate_desktop.domain.ids import DocumentId

_LOOKED_AT = 200  # records of each document: who sent it stands in the first ones as well as in all
_DONE_ON_A_DAY = (
    *("Composition", "DiagnosticReport", "DocumentReference", "Encounter", "ImagingStudy"),
    *("Immunization", "MedicationAdministration", "MedicationDispense", "MedicationRequest"),
    *("Observation", "Procedure", "Specimen"),
)
_SENDERS = (  # those that name an organisation rather than a person come first
    "$.serviceProvider.display",
    "$.custodian.display",
    "$.performer[0].display",
    "$.performer[0].actor.display",
    "$.author[0].display",
    "$.recorder.display",
    "$.informationSource.display",
    "$.location.display",  # of an ImagingStudy
)


def origins_of(
    connection: sa.Connection, reachable: sa.ColumnElement[bool]
) -> dict[DocumentId, Origin]:
    """Of the documents whose records are `reachable`; those that say neither are left out."""
    dated, senders = _dated(connection, reachable), _senders(connection, reachable)
    return {
        document_id: Origin(dated.get(document_id, ""), senders.get(document_id, ""))
        for document_id in dated | senders
    }


def _dated(connection: sa.Connection, reachable: sa.ColumnElement[bool]) -> dict[DocumentId, str]:
    """The newest day on which they tell of something done, up to that on which they came: later ones are plans.

    Since when a person has a condition or takes a medicine is no day of the paper that says so.
    """
    last = sa.func.substr(sa.type_coerce(DOCUMENT.c.added_at, sa.Text), 1, 10) + "T99"
    query = (  # SQLite takes the resource from the row that has the maximum
        sa.select(RECORD.c.document_id, sa.func.max(RECORD.c.effective_from), RECORD.c.resource)
        .join(DOCUMENT, DOCUMENT.c.id == RECORD.c.document_id)
        .where(reachable, live(RECORD), RECORD.c.effective_from != "")
        .where(RECORD.c.effective_from <= last, RECORD.c.type.in_(_DONE_ON_A_DAY))
        .group_by(RECORD.c.document_id)
    )
    return {row[0]: _day_of(row.resource) for row in connection.execute(query)}


def _day_of(resource: str) -> str:
    """As the paper has it: by the clock there, and the month or year alone where no more was said."""
    return facts_of(value_at(resource, 0)[0]).effective[:10]


def _senders(connection: sa.Connection, reachable: sa.ColumnElement[bool]) -> dict[DocumentId, str]:
    """The one that most of the records name."""
    named = [sa.func.json_extract(RECORD.c.resource, path) for path in _SENDERS]
    itself = sa.case(
        (RECORD.c.type == "Organization", sa.func.json_extract(RECORD.c.resource, "$.name"))
    )
    sender = sa.func.coalesce(*named, itself)
    query = (
        sa.select(RECORD.c.document_id, sender, sa.func.count())
        .where(reachable, live(RECORD), RECORD.c.document_id.is_not(None))
        .where(RECORD.c.position < _LOOKED_AT, sender.is_not(None))
        .group_by(RECORD.c.document_id, sender)
    )
    counts: defaultdict[DocumentId, Counter[str]] = defaultdict(Counter)
    for document_id, name, count in connection.execute(query):
        if words := str(name).strip():
            counts[document_id][words] += count
    return {document_id: names.most_common(1)[0][0] for document_id, names in counts.items()}
