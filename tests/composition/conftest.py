"""A vault with real keys, store and services, and stand-ins for the models; an unlock costs a tenth of a second."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest
from builders import finished
from fakes import FakeEmbedder, FakeReader

from healthmate_desktop.composition import create_vault, open_vault, recover_vault
from healthmate_desktop.paths import Paths
from healthmate_desktop.security.kdf import FLOOR

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from healthmate_desktop.composition import Commons, Services

PASSPHRASE = "tangerine ladder quiet violin"
CANARY = "Zq7Marlinspike"


class NoModel(FakeEmbedder):
    name = ""

    def likelihoods(self, texts: Sequence[str], question: str) -> list[float]:  # noqa: ARG002
        return [-1.0] * len(texts)

    def close(self) -> None: ...


class StandIns:
    """In the place of Commons: no child, no weights, no library."""

    def __init__(self) -> None:
        self.engine, self.reader, self.index, self.library = NoModel(), FakeReader(), None, None


@dataclass(frozen=True)
class House:
    """One computer with a vault of one person and two documents."""

    paths: Paths
    recovery_key: str

    def open(self, passphrase: str = PASSPHRASE, name: str = "") -> Services:
        return open_vault(self.paths, passphrase, _commons(), name=name)

    def recover(self) -> Services:
        return recover_vault(self.paths, self.recovery_key, _commons())


def _commons() -> Commons:
    return cast("Commons", StandIns())


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is kept outside the data folder lies in the test's own folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(
        Paths(tmp_path / "data"), create_vault(Paths(tmp_path / "data"), PASSPHRASE, cost=FLOOR)
    )
    desk = tmp_path / "desk"
    desk.mkdir()
    for number in (1, 2):
        (desk / f"{number}.txt").write_text(f"{CANARY} letter {number}", encoding="utf-8")
    with closing(house.open()) as services:
        patient = services.patients.add(f"{CANARY} Rosa")
        outcomes = finished(services.importing.import_files([desk], patient.id))
    assert [outcome.status for outcome in outcomes] == ["imported", "imported"]
    return house


def contents(services: Services) -> dict[str, Any]:
    """All that a person would miss."""
    people = services.patients.all()
    documents = [d for p in people for d in services.documents.of_patient(p.id)]
    return {
        "people": [person.name for person in people],
        "documents": {d.id: services.documents._originals.get(d.id) for d in documents},
    }
