"""Rows of documents and of the pages that were read from them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from healthmate_desktop.domain.documents import Document, DocumentKind, Page, Problem
from healthmate_desktop.domain.proposals import THE_PERSON, NamedPerson
from healthmate_desktop.errors import NotFound
from healthmate_desktop.storage.origins import origins_of
from healthmate_desktop.storage.passages import delete_passages
from healthmate_desktop.storage.patients import check_reach
from healthmate_desktop.storage.rows import change_stamps, live, new_stamps
from healthmate_desktop.storage.tables import DOCUMENT, PAGE, PASSAGE, RECORD, SAMPLE, VECTOR
from healthmate_desktop.storage.word_codec import pack_words, unpack_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.documents import Origin, ReadDocument
    from healthmate_desktop.domain.ids import DocumentId, PatientId
    from healthmate_desktop.storage.context import Context


class Documents:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._connection = context.connection

    def add(self, document: Document) -> None:
        """Raises NotFound for a person out of reach."""
        check_reach(self._context, document.patient_id)
        values = {
            "id": document.id,
            "patient_id": document.patient_id,
            "name": document.name,
            "kind": document.kind and document.kind.value,
            "size": document.size,
            "sha256": document.sha256,
            "added_at": document.added_at,
            "state": document.state,
            "page_count": document.page_count,
            "problems": _problems_to_text(document.problems),
            "import_id": document.import_id or None,
        }
        self._connection.execute(sa.insert(DOCUMENT).values(values | new_stamps(self._context)))
        self._context.audit.touch("document", document.id, "added", document.patient_id)

    def get(self, document_id: DocumentId) -> Document:
        """Raises NotFound."""
        found = self._where(DOCUMENT.c.id == document_id)
        if not found:
            raise _not_found()
        return found[0]

    def of_patient(self, patient_id: PatientId) -> list[Document]:
        """Newest first."""
        return self._where(DOCUMENT.c.patient_id == patient_id)

    def with_sha256(self, patient_id: PatientId, sha256: str) -> Document | None:
        """The newest document of this person with the same bytes."""
        found = self._where(DOCUMENT.c.patient_id == patient_id, DOCUMENT.c.sha256 == sha256)
        return found[0] if found else None

    def unfinished(self) -> list[Document]:
        """Kept but not yet read, of all people in scope."""
        return self._where(DOCUMENT.c.state == "importing")

    def save_pages(self, document_id: DocumentId, read: ReadDocument) -> None:
        """Keep what was read in place of anything read before, and mark the document ready. Raises NotFound.

        Who was said to be the person stays so.
        """
        known = {(p.name, p.birth_date): p.taken_for for p in self.get(document_id).people}
        people = [replace(p, taken_for=known.get((p.name, p.birth_date), "")) for p in read.people]
        patient_id = self._change(
            document_id,
            "read",
            state="ready",
            kind=read.kind.value,
            page_count=max((page.number for page in read.pages), default=0),  # some may be lost
            problems=_problems_to_text(read.problems),
            people=_people_to_text(people),
        )
        self._context.audit.touch_content(document_id, patient_id)
        delete_passages(self._connection, document_id)
        self._connection.execute(sa.delete(PAGE).where(PAGE.c.document_id == document_id))
        rows = [
            {
                "document_id": document_id,
                "number": page.number,
                "text": page.text,
                "width": page.width,
                "height": page.height,
                "by_ocr": int(page.by_ocr),
                "words": pack_words(page.words),
            }
            for page in read.pages
        ]
        if rows:
            self._connection.execute(sa.insert(PAGE), rows)

    def mark_unreadable(
        self, document_id: DocumentId, kind: DocumentKind | None, problems: Sequence[Problem]
    ) -> None:
        """Raises NotFound."""
        self._connection.execute(sa.delete(SAMPLE).where(SAMPLE.c.document_id == document_id))
        self._change(
            document_id,
            "changed",
            state="unreadable",
            kind=kind and kind.value,
            problems=_problems_to_text(problems),
        )

    def mark_waiting(self, document_id: DocumentId) -> None:
        """To be read once more; nothing of it is known until then. Raises NotFound."""
        self._change(document_id, "changed", state="importing", problems="[]")

    def rename(self, document_id: DocumentId, name: str) -> None:
        """Raises NotFound."""
        self._change(document_id, "renamed", name=name)

    def confirm_person(self, document_id: DocumentId) -> None:
        """Keep that everyone it names is the person whose it is. Raises NotFound."""
        document = self.get(document_id)
        people = [replace(named, taken_for=document.patient_id) for named in document.people]
        self._change(
            document_id,
            "confirmed",
            people=_people_to_text(people),
            problems=_of_the_file(document.problems),
        )

    def assign(self, document_id: DocumentId, patient_id: PatientId) -> None:
        """Give it, and what was read from it, to another person. Raises NotFound."""
        check_reach(self._context, patient_id)
        problems = _of_the_file(self.get(document_id).problems)
        of_document = sa.select(PASSAGE).where(PASSAGE.c.document_id == document_id)
        passages = self._connection.execute(of_document).mappings().all()
        numbers = sa.select(PASSAGE.c.number).where(PASSAGE.c.document_id == document_id)
        of_passages = sa.select(VECTOR).where(VECTOR.c.passage_number.in_(numbers))
        vectors = self._connection.execute(of_passages).mappings().all()
        delete_passages(self._connection, document_id)
        self._change(document_id, "assigned", patient_id=patient_id, problems=problems)
        for table, rows in ((PASSAGE, passages), (VECTOR, vectors)):  # they are never changed
            moved = [{**row, "patient_id": patient_id} for row in rows]
            if moved:
                self._connection.execute(sa.insert(table), moved)
        self._context.audit.touch_content(document_id, patient_id)

    def remove(self, document_id: DocumentId) -> None:
        """Leave a tombstone, and nothing of what it said or was called. Raises NotFound."""
        patient_id = self._change(
            document_id,
            "removed",
            deleted_at=self._context.now(),
            **dict.fromkeys(("name", "sha256"), ""),
            **dict.fromkeys(("kind", "people")),
            problems="[]",
        )
        delete_passages(self._connection, document_id)
        for table in (PAGE, SAMPLE):
            self._connection.execute(sa.delete(table).where(table.c.document_id == document_id))
        self._context.audit.touch_content(document_id, patient_id)

    def origins(self, patient_id: PatientId) -> dict[DocumentId, Origin]:
        """Of those documents of a person that say when they are from, or from whom."""
        theirs = RECORD.c.patient_id == patient_id
        reachable = sa.and_(theirs, self._context.scope.includes(RECORD.c.patient_id))
        return origins_of(self._connection, reachable)

    def of_import(self, import_id: str, patient_id: PatientId) -> list[Document]:
        """What came with one import and is still there, and still this person's."""
        return self._where(DOCUMENT.c.import_id == import_id, DOCUMENT.c.patient_id == patient_id)

    def page(self, document_id: DocumentId, number: int) -> Page:
        """Numbered from 1. Raises NotFound."""
        query = self._pages(document_id).where(PAGE.c.number == number)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("That page is not in these records. Choose another one.")
        return _page(row)

    def pages(self, document_id: DocumentId) -> list[Page]:
        """In order; none of a document out of reach."""
        query = self._pages(document_id).order_by(PAGE.c.number)
        return [_page(row) for row in self._connection.execute(query)]

    def _pages(self, document_id: DocumentId) -> sa.Select[Any]:
        reachable = sa.select(DOCUMENT.c.id).where(self._reachable())
        return sa.select(PAGE).where(
            PAGE.c.document_id == document_id, PAGE.c.document_id.in_(reachable)
        )

    def _where(self, *conditions: sa.ColumnElement[bool]) -> list[Document]:
        query = (
            sa.select(DOCUMENT)
            .where(*conditions, self._reachable())
            .order_by(DOCUMENT.c.added_at.desc(), DOCUMENT.c.id.desc())
        )
        return [_document(row) for row in self._connection.execute(query)]

    def _change(self, document_id: DocumentId, verb: str, **values: object) -> PatientId:
        """Whose document it is."""
        patient_id = self.get(document_id).patient_id
        stamps = change_stamps(self._context, DOCUMENT)
        self._connection.execute(
            sa.update(DOCUMENT).where(DOCUMENT.c.id == document_id).values(values | stamps)
        )
        self._context.audit.touch("document", document_id, verb, patient_id)
        return patient_id

    def _reachable(self) -> sa.ColumnElement[bool]:
        return sa.and_(live(DOCUMENT), self._context.scope.includes(DOCUMENT.c.patient_id))


def _not_found() -> NotFound:
    return NotFound("That document is not in these records. Choose another one.")


def _document(row: sa.Row[Any]) -> Document:
    return Document(
        id=row.id,
        patient_id=row.patient_id,
        name=row.name,
        kind=DocumentKind(row.kind) if row.kind else None,
        size=row.size,
        sha256=row.sha256,
        added_at=row.added_at,
        state=row.state,
        page_count=row.page_count,
        problems=tuple(Problem(where, message) for where, message in json.loads(row.problems)),
        people=tuple(map(_person, json.loads(row.people or "[]"))),
        import_id=row.import_id or "",
    )


def _page(row: sa.Row[Any]) -> Page:
    return Page(
        number=row.number,
        text=row.text,
        width=row.width,
        height=row.height,
        words=unpack_words(row.words),
        by_ocr=bool(row.by_ocr),
    )


def _problems_to_text(problems: Sequence[Problem]) -> str:
    return json.dumps([[problem.where, problem.message] for problem in problems])


def _people_to_text(people: Sequence[NamedPerson]) -> str | None:
    rows = [[p.name, p.birth_date, p.sex, p.taken_for] for p in people]
    return json.dumps(rows) if rows else None


def _of_the_file(problems: Sequence[Problem]) -> str:
    """Without what was said of whose it is."""
    return _problems_to_text([problem for problem in problems if problem.where != THE_PERSON])


def _person(row: Sequence[str]) -> NamedPerson:
    """The last of its fields was not kept at first."""
    name, birth_date, sex, *taken_for = row
    return NamedPerson(name, birth_date, sex, taken_for="".join(taken_for))
