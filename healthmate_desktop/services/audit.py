"""The log: read, checked, handed to an auditor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.sessions import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from healthmate_desktop.domain.audit import AuditEvent, AuditFilter, VerifyReport
    from healthmate_desktop.domain.keys import Anchor
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.key_ports import Anchors
    from healthmate_desktop.services.ports import Vault


class AuditService:
    """`write_export` writes the file of `export` and says how many events are in it."""

    def __init__(
        self,
        vault: Vault,
        access: Access,
        anchors: Anchors,
        write_export: Callable[[Path], int],
    ) -> None:
        self._vault = vault
        self._access = access
        self._anchors = anchors
        self._write_export = write_export

    def events(self, wanted: AuditFilter) -> list[AuditEvent]:
        """Newest first. Raises NotAllowed."""
        with self._access.read(Action.LOG) as tx:
            return tx.audit.events(wanted)

    def verify(self, *, deep: bool) -> Generator[int, None, VerifyReport]:
        """Yield how many events were checked; `deep` also compares every record with the log. Raises NotAllowed."""
        self._access.session.require(Action.LOG)
        anchors: Sequence[Anchor] = self._anchors.known()
        report = yield from self._vault.verify(deep=deep, anchors=anchors)
        return report

    def export(self, file: Path) -> int:
        """Write the log for an auditor, with its signatures. Raises NotAllowed, InvalidInput or DiskFull."""
        self._access.session.require(Action.LOG)
        events = self._write_export(file)
        with self._access.write(Action.LOG) as tx:
            tx.audit.add("audit.exported", details={"events": events})
        return events

    def accept_older(self) -> None:
        """Go on with a vault that is older than the one last used here. Raises NotAllowed."""
        with self._access.write(Action.KEYS) as tx:
            tx.audit.add("audit.older_accepted")
        self._anchors.renew()
