"""A computer on a small disk, and one person's canaries in everything that is typed, dropped or read there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeys.conftest import a_pdf, a_picture
from processes import PASSPHRASE, Shell

from drills import canaries

if TYPE_CHECKING:
    from pathlib import Path

    from processes import Ran

SEED = 4
COUNT = 50
QUESTION = "What was the {} blood value of {}?"
ALL_ROUND = "sodium"


@dataclass(frozen=True)
class DiskShell(Shell):
    """`folder` is on the disk that is looked at; what a person holds in hand (desk, passphrase, paper) is not."""

    hand: Path = None  # type: ignore[assignment]  # always given

    def passphrase_file(self) -> Path:
        return self.hand / "passphrase"

    def make(self) -> DiskShell:
        self.hand.mkdir(parents=True, exist_ok=True)
        super().make()
        return self

    def environment(self, **changes: str) -> dict[str, str]:
        return super().environment(**{"SQLITE_TMPDIR": str(self.temporary), **changes})


class Planted:
    """50 words, each with its place."""

    def __init__(self) -> None:
        self.words = canaries.words(COUNT, SEED)
        left = iter(self.words)

        def take(count: int) -> list[str]:
            return [next(left) for _ in range(count)]

        self.names, self.files, self.folder = take(6), take(8), take(1)[0]
        self.text, self.pdf, self.html, self.markdown = take(6), take(6), take(3), take(3)
        self.scan, self.unread = take(4), take(3)
        self.asked, self.searched, self.reason = take(3), take(2), take(1)[0]
        self.draft, self.window_asked, self.copied, self.finder = (
            take(1)[0],
            take(1)[0],
            take(1)[0],
            take(1)[0],
        )
        assert not list(left)
        self.forms = canaries.forms_of(self.words)

    def desk(self, place: Path) -> Path:
        """Files of every kind, with words in their names, in them, and in pictures of text."""
        desk = place / self.folder
        desk.mkdir(parents=True)
        name = f"{self.names[0]} {self.names[1]}"
        pages = [
            f"Page {n}. {name}. The plan is {word} drops." for n, word in enumerate(self.pdf, 1)
        ]
        (desk / f"{self.files[0]}.pdf").write_bytes(a_pdf(*pages))
        lines = [f"The {word} blood value was {n}.7 on Monday." for n, word in enumerate(self.text)]
        lines.append(f"The {ALL_ROUND} blood value was 141 mmol/L, as {self.copied} said.")
        (desk / f"{self.files[1]}.txt").write_text("\n\n".join(lines), encoding="utf-8")
        (desk / f"{self.files[2]}.html").write_text(
            f"<html><head><title>{self.html[0]}</title><meta name=a content={self.html[1]}></head>"
            f"<body><p>{self.html[2]} syrup twice a day.</p></body></html>",
            encoding="utf-8",
        )
        (desk / f"{self.files[3]}.md").write_text(
            f"# {self.markdown[0]}\n\n- {self.markdown[1]}\n\n`{self.markdown[2]}`\n",
            encoding="utf-8",
        )
        for number in range(2):
            shown = f"{self.scan[2 * number]}\n{self.scan[2 * number + 1]}"
            (desk / f"{self.files[4 + number]}.png").write_bytes(a_picture(shown))
        (desk / f"{self.files[6]}.docx").write_bytes(
            b"PK\x03\x04 " + " ".join(self.unread[:2]).encode() * 40
        )
        (desk / f"{self.files[7]}.pdf").write_bytes(b"%PDF-1.7 broken " + self.unread[2].encode())
        return desk


def by_commands(
    shell: DiskShell, planted: Planted, starter: Path, under: tuple[str, ...] = ()
) -> dict[str, Ran]:
    """Everything that the command line can do with a vault, and what each command said."""
    ran: dict[str, Ran] = {}

    def run(name: str, *words: str | Path, **changes: str) -> Ran:
        ran[name] = shell.run(*words, "--user", "owner", under=under, **changes)
        assert ran[name].code == 0, (name, ran[name])
        return ran[name]

    new = hand(shell, "new", "walnut anchor quiet sky")
    nurse = hand(shell, "nurse", "purple ladder seven clouds")
    paper = hand(shell, "paper", run("create", "vault", "create").json["recovery_key"])
    shutil.copytree(starter, shell.data / "library", dirs_exist_ok=True)
    first, second, third = planted.names[:2], planted.names[2:4], planted.names[4:]
    rosa = run("person", "person", "add", " ".join(first)).json["person"]["id"]
    ben = run("person 2", "person", "add", " ".join(second), "--birth-date", "1958-02-14").json[
        "person"
    ]["id"]
    run("person 3", "person", "add", " ".join(third))
    run("find", "person", "find", first[0])
    run("import", "import", planted.desk(shell.hand), "--person", rosa)
    for number, word in enumerate(planted.searched):
        run(f"search {number}", "search", f"{word} {planted.text[number]}", "--person", rosa)
    for number, word in enumerate(planted.asked):
        run(f"ask {number}", "ask", QUESTION.format(planted.text[number], word), "--person", rosa)
    run("user", "user", "add", "nurse", "--sees", "assigned", HEALTHMATE_NEW_PASSPHRASE_FILE=nurse)
    run("assign", "user", "assign", "nurse", rosa)
    ran["emergency"] = shell.run(
        *("user", "emergency", ben, "--reason", planted.reason, "--user", "nurse"),
        HEALTHMATE_PASSPHRASE_FILE=nurse,
        under=under,
    )
    (shell.folder / "copies").mkdir()
    run("backup", "vault", "backup", shell.folder / "copies" / "copy.hmb")
    run("drill", "vault", "drill", shell.folder / "copies" / "copy.hmb")
    run("export", "audit", "export", shell.folder / "copies" / "log.jsonl")
    run("log", "audit", "list")
    run("rotate", "vault", "rotate")
    run("passphrase", "vault", "change-passphrase", HEALTHMATE_NEW_PASSPHRASE_FILE=new)
    shutil.copy(new, shell.passphrase_file())
    run("verify", "audit", "verify", "--deep")
    run("check", "vault", "check")
    run(
        "restore",
        "vault",
        "restore",
        shell.folder / "copies" / "copy.hmb",
        HEALTHMATE_RECOVERY_KEY_FILE=paper,
    )
    run(
        "recover",
        "vault",
        "recover",
        HEALTHMATE_RECOVERY_KEY_FILE=paper,
        HEALTHMATE_NEW_PASSPHRASE_FILE=new,
    )
    run("older", "vault", "accept-older")
    run("check again", "vault", "check")
    return ran


def hand(shell: DiskShell, name: str, words: str) -> str:
    """A secret that a person has outside the computer."""
    path = shell.hand / name
    path.write_text(words + "\n", encoding="utf-8")
    return str(path)


def all_read(planted: Planted, shell: DiskShell, person: str) -> None:
    """What could be read has been: the words are found again in the open vault."""
    for word in (planted.text[0], planted.pdf[3], planted.html[2], planted.markdown[1]):
        words = ("search", word, "--scope", "person", "--person", person, "-k", "3")
        found = shell.run(*words, "--user", "owner")
        assert any(word in hit["text"] for hit in found.json["hits"]), word


__all__ = [
    "COUNT",
    "PASSPHRASE",
    "QUESTION",
    "DiskShell",
    "Planted",
    "all_read",
    "by_commands",
    "hand",
]
