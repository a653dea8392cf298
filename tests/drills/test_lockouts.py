"""K3: what a person may find themselves locked out by. Each ends with the data, or with the exact reason."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from builders import finished
from processes import PASSPHRASE, Ran, Shell

from drills import sessions
from healthmate_desktop.composition import create_vault, open_vault
from healthmate_desktop.paths import Paths
from healthmate_desktop.security.header_document import checksum
from healthmate_desktop.security.kdf import FLOOR

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.security,
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.timeout(600),
]

NAME = "Rosa Harlow"
NURSE_PASSPHRASE = "purple ladder seven clouds"
NEW_PASSPHRASE = "walnut anchor quiet sky"


@dataclass(frozen=True)
class Safe:
    """A vault with a person, a document and two users; a backup and the recovery key lie elsewhere."""

    shell: Shell
    recovery_key: str
    backup: Path
    document: str

    @property
    def vault(self) -> Path:
        return self.shell.data / "vault"

    def original(self) -> Path:
        (path,) = (self.vault / "originals").glob("*.age")
        return path

    def paper(self) -> dict[str, Any]:
        """The recovery key, typed in."""
        path = self.shell.folder / "paper"
        path.write_text(self.recovery_key + "\n", encoding="utf-8")
        return {"HEALTHMATE_RECOVERY_KEY_FILE": str(path)}

    def passphrase(
        self, words: str, variable: str = "HEALTHMATE_PASSPHRASE_FILE"
    ) -> dict[str, Any]:
        path = self.shell.folder / f"words-{len(words)}-{variable}"
        path.write_text(words + "\n", encoding="utf-8")
        return {variable: str(path)}

    def new_passphrase(self) -> dict[str, Any]:
        return self.passphrase(NEW_PASSPHRASE, "HEALTHMATE_NEW_PASSPHRASE_FILE")

    def has_the_data(self, *arguments: str, **changes: Any) -> Ran:
        """All of it, checked to the last byte."""
        people = self.shell.run("person", "list", *arguments, **changes)
        assert people.code == 0, people
        assert [person["name"] for person in people.json["people"]] == [NAME]
        found = self.shell.run("search", "ferritin", "--scope", "person", *arguments, **changes)
        assert "ferritin result was 9" in found.json["hits"][0]["text"]
        check = self.shell.run("vault", "check", *arguments, **changes)
        assert (check.code, check.json["documents"]) == (0, 1)
        assert check.json["problems"] == []
        log = self.shell.run("audit", "verify", "--deep", *arguments, **changes)
        assert log.code == 0, log
        return check

    def opens_by_the_one_before(self) -> None:
        """It is said once; then the key file is whole again."""
        first = self.shell.run("vault", "check", *OWNER)
        assert (first.code, first.json["from_previous_header"]) == (0, True)
        assert not self.has_the_data(*OWNER).json["from_previous_header"]

    def says(
        self, code: str, *words: str, command: tuple[str, ...] = ("person", "list"), **changes: Any
    ) -> Ran:
        """The exact reason, and nothing was made or changed."""
        before = files(self.shell.data)
        ran = self.shell.run(*command, **changes)
        assert ran.error == code, ran
        for some in words:
            assert some in ran.json["error"]["message"]
        after = files(self.shell.data)
        for name in before.keys() | after.keys():
            if name not in {"state.json", "events.log", "vault/vault.lock"} and not name.startswith(
                "library"
            ):
                assert before.get(name) == after.get(name), name
        return ran

    def restored(self, **changes: Any) -> None:
        done = self.shell.run("vault", "restore", self.backup, **changes)
        assert done.code == 0, done
        assert done.json["restored"]["documents"] == 1


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Safe:
    shell = Shell(tmp_path).make()
    for name, value in shell.environment().items():
        if name.startswith(("HOME", "XDG_", "TMPDIR")):
            monkeypatch.setenv(name, value)
    recovery_key = create_vault(Paths(shell.data), PASSPHRASE, cost=FLOOR)
    backup = shell.folder / "disk" / "copy.hmb"
    backup.parent.mkdir()
    letter = shell.folder / "letter.txt"
    letter.write_text("The ferritin result was 9 ug/L.", encoding="utf-8")
    commons: Any = sessions.FakeCommons()
    with closing(open_vault(Paths(shell.data), PASSPHRASE, commons)) as services:
        rosa = services.patients.add(NAME)
        (outcome,) = finished(services.importing.import_files([letter], rosa.id))
        user = services.users.add("nurse", "clinician", "all", NURSE_PASSPHRASE)
        assert user.active
        finished(services.backup.make(backup))
    return Safe(shell, recovery_key, backup, outcome.document_id)


OWNER = ("--user", "owner")


def test_k3_01_key_file_gone_is_opened_by_the_one_before(safe: Safe) -> None:
    (safe.vault / "vault.hmv").unlink()
    safe.opens_by_the_one_before()


def test_k3_02_key_file_damaged_is_opened_by_the_one_before(safe: Safe) -> None:
    path = safe.vault / "vault.hmv"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    safe.opens_by_the_one_before()


def test_k3_03_older_copy_of_the_key_file_gone_changes_nothing(safe: Safe) -> None:
    (safe.vault / "vault.hmv.prev").unlink()
    assert not safe.has_the_data(*OWNER).json["from_previous_header"]


def test_k3_04_both_key_files_gone_are_told_and_a_backup_with_the_paper_brings_all_back(
    safe: Safe,
) -> None:
    for name in ("vault.hmv", "vault.hmv.prev"):
        (safe.vault / name).unlink()
    safe.says("vault_damaged", "The key file of this vault is missing", "Restore a backup")
    created = safe.shell.run("vault", "create")
    assert created.error == "vault_exists"
    safe.restored(**safe.paper())
    safe.has_the_data(*OWNER)


def test_k3_05_database_gone_is_told_and_no_empty_one_is_made(safe: Safe) -> None:
    (safe.vault / "vault.db").unlink()
    safe.says("vault_damaged", "database", "missing", command=("person", "list", *OWNER))
    assert not (safe.vault / "vault.db").exists()
    assert safe.shell.run("vault", "create").error == "vault_exists"
    safe.restored()
    safe.has_the_data(*OWNER)


def test_k3_06_database_of_another_vault_is_told(safe: Safe, tmp_path: Path) -> None:
    create_vault(Paths(tmp_path / "other"), PASSPHRASE, cost=FLOOR)
    shutil.copy(tmp_path / "other" / "vault" / "vault.db", safe.vault / "vault.db")
    safe.says("vault_damaged", "restore a backup", command=("person", "list", *OWNER))
    safe.restored()
    safe.has_the_data(*OWNER)


def test_k3_07_passphrase_of_another_user_is_wrong_and_the_right_one_opens(safe: Safe) -> None:
    wrong = safe.passphrase(NURSE_PASSPHRASE)
    safe.says("wrong_passphrase", "did not open", command=("person", "list", *OWNER), **wrong)
    safe.says("wrong_passphrase", "did not open", command=("person", "list", "--user", "nobody"))
    assert "2 failed attempts to unlock since" in safe.shell.run("person", "list", *OWNER).err
    safe.has_the_data(*OWNER)
    assert safe.shell.run("person", "list", "--user", "nurse", **wrong).code == 0


def test_k3_08_recovery_key_alone_sets_a_new_passphrase(safe: Safe) -> None:
    done = safe.shell.run("vault", "recover", **safe.paper(), **safe.new_passphrase())
    assert done.code == 0, done
    assert done.json["user"] == "owner"
    safe.has_the_data(*OWNER, **safe.passphrase(NEW_PASSPHRASE))
    safe.says("wrong_passphrase", "did not open", command=("person", "list", *OWNER))


def test_k3_09_backup_and_paper_are_enough_on_another_computer(safe: Safe, tmp_path: Path) -> None:
    elsewhere = Shell(tmp_path / "elsewhere").make()
    there = replace(safe, shell=elsewhere)
    there.restored(**there.paper())
    done = elsewhere.run("vault", "recover", **there.paper(), **there.new_passphrase())
    assert done.code == 0, done
    there.has_the_data(*OWNER, **there.passphrase(NEW_PASSPHRASE))


def test_k3_10_copied_folder_opens_in_its_new_place(safe: Safe, tmp_path: Path) -> None:
    moved = Shell(tmp_path / "moved").make()
    shutil.copytree(safe.shell.data, moved.data)
    replace(safe, shell=moved).has_the_data(*OWNER)


def test_k3_11_older_key_file_put_back_opens_with_the_older_passphrase(safe: Safe) -> None:
    older = {name: (safe.vault / name).read_bytes() for name in ("vault.hmv", "vault.hmv.prev")}
    done = safe.shell.run("vault", "change-passphrase", *OWNER, **safe.new_passphrase())
    assert done.code == 0, done
    safe.says("wrong_passphrase", "did not open", command=("person", "list", *OWNER))
    for name, content in older.items():
        (safe.vault / name).write_bytes(content)
    safe.has_the_data(*OWNER)


def test_k3_12_missing_original_is_named_and_the_rest_is_there(safe: Safe) -> None:
    safe.original().unlink()
    check = safe.shell.run("vault", "check", *OWNER)
    assert not check.json["ok"]
    (problem,) = check.json["problems"]
    assert problem["where"] == f"document {safe.document}"
    assert "missing" in problem["message"]
    found = safe.shell.run("search", "ferritin", "--scope", "person", *OWNER)
    assert "ferritin result was 9" in found.json["hits"][0]["text"]
    safe.restored()
    safe.has_the_data(*OWNER)


def test_k3_13_vault_of_a_newer_version_is_told(safe: Safe) -> None:
    for name in ("vault.hmv", "vault.hmv.prev"):
        path = safe.vault / name
        newer = json.loads(path.read_bytes()) | {"v": 99}
        path.write_bytes(json.dumps(newer | {"checksum": checksum(newer)}).encode())
    safe.says(
        "vault_too_new",
        "newer HealthMate",
        "Nothing was changed",
        command=("person", "list", *OWNER),
    )


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting takes root")
def test_k3_14_full_disk_is_told_and_with_room_all_is_there(safe: Safe) -> None:
    data, aside = safe.shell.data, safe.shell.folder / "aside"
    data.rename(aside)
    data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=160m,mode=0700", "tmpfs", str(data)]
    subprocess.run(mount, check=True)
    try:
        shutil.copytree(aside, data, dirs_exist_ok=True)
        filler = data / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        for command in (("person", "list"), ("person", "add", "Ben")):
            ran = safe.shell.run(*command, *OWNER)
            assert ran.error == "disk_full", ran
            assert "Free 200 MB" in ran.json["error"]["message"]
        filler.unlink()
        safe.has_the_data(*OWNER)
    finally:
        subprocess.run(["umount", str(data)], check=True)


def test_k3_15_vault_that_is_open_elsewhere_is_told(safe: Safe) -> None:
    commons: Any = sessions.FakeCommons()
    with closing(open_vault(Paths(safe.shell.data), PASSPHRASE, commons, name="owner")):
        safe.says("vault_busy", "open in another HealthMate", command=("person", "list", *OWNER))
    safe.has_the_data(*OWNER)
