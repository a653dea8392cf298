"""What a person keeps here is nowhere on the disk but encrypted: planted words are looked for in every file.

SECURITY 5.4, P1 and P3 over the files that are left; deleted files are a matter for a whole image of a disk.
"""

from __future__ import annotations

import base64
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from journeys.conftest import a_pdf, a_picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from processes import Ran, Shell

pytestmark = [pytest.mark.security, pytest.mark.integration]

NAMES = ["Quillonfeather", "Marbledrake"]
FILES = ["wrenlock", "saltpebble", "thornglass", "dunemarrow", "foxglimmer", "ashenferry"]
IN_TEXT = ["Velvetanchor", "Copperlantern", "Mistharbour"]
IN_PDF = ["Willowtramway", "Gravelorchid"]
IN_HTML = ["Peachtelescope", "Ironblossom"]
IN_SCAN = "Zebrafinchwood"
UNREAD = "Cobaltmeadow"
IN_ANSWER = "Amberturbine"
IN_QUESTION = "Juniperclock"
IN_QUERY = "Saffronbridge"
CANARIES = [
    *NAMES, *FILES, *IN_TEXT, *IN_PDF, *IN_HTML, IN_SCAN, UNREAD, IN_ANSWER, IN_QUESTION, IN_QUERY,
]  # fmt: skip
PLACES = ("data", "home", "tmp")


def shapes(canary: str) -> Iterator[bytes]:
    """How a word may lie in a file."""
    for text in (canary, canary.lower(), canary.upper()):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            yield text.encode(encoding)
        raw = text.encode()
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for shift in range(3):  # what stands before it moves it within groups of three bytes
            inner = base64.b64encode(b"\0" * shift + raw)
            whole = inner[4 if shift else 0 : -4]
            yield whole
            yield whole.translate(bytes.maketrans(b"+/", b"-_"))


def leaks(folder: Path, canaries: list[str]) -> set[tuple[str, str]]:
    """Each file and the word that is in it or in its name."""
    wanted = {canary: set(shapes(canary)) for canary in canaries}
    found = set()
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        for canary, forms in wanted.items():
            if canary.lower() in name.lower() or any(form in content for form in forms):
                found.add((name, canary))
    return found


@dataclass(frozen=True)
class Journey:
    shell: Shell
    ran: dict[str, Ran]


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory, starter_library: Path) -> Journey:
    """Create, import, search, ask; each command locks the vault when it ends."""
    from processes import PASSPHRASE, Shell

    from healthmate_desktop.composition import create_vault
    from healthmate_desktop.paths import Paths
    from healthmate_desktop.security.kdf import FLOOR

    shell = Shell(tmp_path_factory.mktemp("leaks")).make()
    create_vault(Paths(shell.data), PASSPHRASE, cost=FLOOR)
    shutil.copytree(starter_library, shell.data / "library")
    desk = shell.folder / "desk" / FILES[5]
    desk.mkdir(parents=True)
    name = " ".join(NAMES)
    (desk / f"{FILES[0]}.pdf").write_bytes(
        a_pdf(f"{name} was seen for {IN_PDF[0]} pain.", f"Plan: {IN_PDF[1]} drops twice a day.")
    )
    (desk / f"{FILES[1]}.png").write_bytes(a_picture(f"{IN_SCAN} tablets twice a day"))
    (desk / f"{FILES[2]}.txt").write_text(
        f"{IN_TEXT[0]} clinic, {IN_TEXT[1]} street.\n\n"
        f"The {IN_TEXT[2]} blood value was 9.7 on {IN_ANSWER} day.",
        encoding="utf-8",
    )
    (desk / f"{FILES[3]}.html").write_text(
        f"<html><head><title>{IN_HTML[0]}</title></head><body>{IN_HTML[1]} syrup.</body></html>",
        encoding="utf-8",
    )
    (desk / f"{FILES[4]}.pdf").write_bytes(b"%PDF-1.7 broken " + UNREAD.encode())
    ran = {
        "person": shell.run("person", "add", name),
        "import": shell.run("import", desk),
        "search": shell.run("search", f"{IN_SCAN} {IN_QUERY}", "--scope", "person", "-k", "9"),
        "ask": shell.run("ask", f"What was the {IN_TEXT[2]} blood value, {IN_QUESTION}?"),
        "check": shell.run("vault", "check"),
    }
    return Journey(shell, ran)


def test_journey_did_what_it_should(journey: Journey) -> None:
    """Else nothing could leak."""
    assert len(set(CANARIES)) == 20
    assert {name: ran.code for name, ran in journey.ran.items()} == dict.fromkeys(journey.ran, 0)
    statuses = sorted(file["status"] for file in journey.ran["import"].json["files"])
    assert statuses == ["imported"] * 3 + ["proposed", "unreadable"]
    texts = " ".join(hit["text"] for hit in journey.ran["search"].json["hits"])
    read = (
        {IN_SCAN, IN_PDF[0], IN_TEXT[0], IN_HTML[1]} if shutil.which("tesseract") else {IN_PDF[0]}
    )
    assert not [canary for canary in read if canary not in texts]
    sentences = journey.ran["ask"].json["answer"]["sentences"]
    assert IN_ANSWER in sentences[0]["text"]
    assert journey.ran["check"].json["ok"]


@pytest.mark.parametrize("place", PLACES)
def test_no_planted_word_is_left_in_any_file(journey: Journey, place: str) -> None:
    assert leaks(journey.shell.folder / place, CANARIES) == set()


def test_temporary_folder_is_left_empty(journey: Journey) -> None:
    assert list(journey.shell.temporary.rglob("*")) == []


def test_data_folder_holds_vault_library_and_event_codes_alone(journey: Journey) -> None:
    kept = {path.name for path in journey.shell.data.iterdir()}
    assert kept == {"vault", "library", "events.log"}
    for path in (journey.shell.data / "vault").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_processes_say_only_what_was_asked_for(journey: Journey) -> None:
    asked_for = {
        "person": set(NAMES),
        "import": set(FILES),
        "search": {*CANARIES} - {IN_QUERY, IN_QUESTION, UNREAD},
        "ask": {*CANARIES} - {IN_QUERY, IN_QUESTION, UNREAD},
        "check": set(),
    }
    for name, ran in journey.ran.items():
        assert not [canary for canary in CANARIES if canary in ran.err], name
        said = {canary for canary in CANARIES if canary in ran.out}
        assert said <= asked_for[name], name


@pytest.mark.parametrize(
    "shape",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode().hex().encode(),
        lambda text: base64.b64encode(text.encode()),
        lambda text: base64.b64encode(b"x" + text.encode() + b"y"),
        lambda text: base64.b64encode(b"xy" + text.encode() + b"yz"),
    ],
    ids=["utf-8", "utf-16-le", "utf-16-be", "hex", "base64", "base64+1", "base64+2"],
)
def test_one_word_would_be_found(tmp_path: Path, shape: object) -> None:
    """The positive control."""
    assert callable(shape)
    (tmp_path / "a").mkdir()
    for number, canary in enumerate(CANARIES):
        (tmp_path / "a" / str(number)).write_bytes(b"before" + shape(canary) + b"after")
    (tmp_path / f"log-of-{FILES[0]}.txt").touch()
    assert leaks(tmp_path, CANARIES) == {
        *((f"a/{number}", canary) for number, canary in enumerate(CANARIES)),
        (f"log-of-{FILES[0]}.txt", FILES[0]),
    }
