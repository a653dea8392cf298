"""Keys, backups, users and the log from the command line, as a script would use them."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from processes import PASSPHRASE, Ran, Shell

from healthmate_desktop.composition import create_vault
from healthmate_desktop.paths import Paths
from healthmate_desktop.security.attempts import Attempts
from healthmate_desktop.security.kdf import FLOOR

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.integration, pytest.mark.security]

OTHER = "marble otter lantern fox quilt"
LETTER = "The ferritin result was 9 ug/L on 3 March."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shell, str]:
    """A vault with a person and a letter, to be copied, and its recovery key."""
    shell = Shell(tmp_path_factory.mktemp("made")).make()
    recovery_key = create_vault(Paths(shell.data), PASSPHRASE, cost=FLOOR)
    assert shell.run("person", "add", "Rosa Harlow").code == 0
    (shell.folder / "letter.txt").write_text(LETTER, encoding="utf-8")
    assert shell.run("import", shell.folder / "letter.txt").code == 0
    return shell, recovery_key


@pytest.fixture
def shell(made: tuple[Shell, str], tmp_path: Path) -> Shell:
    """A computer of its own for each test, with the vault as it was last left there."""
    shell = Shell(tmp_path).make()
    shutil.copytree(made[0].data, shell.data)
    shutil.copytree(made[0].home, shell.home, dirs_exist_ok=True)
    return shell


@pytest.fixture
def recovery_key(made: tuple[Shell, str]) -> str:
    return made[1]


def secret(shell: Shell, name: str, words: str) -> str:
    path = shell.folder / name
    path.write_text(words + "\n", encoding="utf-8")
    return str(path)


def opens(shell: Shell, passphrase: str) -> bool:
    file = secret(shell, "tried", passphrase)
    ran = shell.run("person", "list", HEALTHMATE_PASSPHRASE_FILE=file)
    return ran.code == 0 and len(ran.json["people"]) == 1


def test_a_new_passphrase_takes_the_place_of_the_old_one(shell: Shell) -> None:
    new = secret(shell, "new", OTHER)
    ran = shell.run("vault", "change-passphrase", HEALTHMATE_NEW_PASSPHRASE_FILE=new)
    assert ran.json == {"changed": True}
    assert opens(shell, OTHER)
    assert not opens(shell, PASSPHRASE)


def test_a_weak_new_passphrase_changes_nothing(shell: Shell) -> None:
    new = secret(shell, "new", "password1234")
    ran = shell.run("vault", "change-passphrase", HEALTHMATE_NEW_PASSPHRASE_FILE=new)
    assert ran.error == "invalid_input"
    assert opens(shell, PASSPHRASE)


def test_a_lost_passphrase_is_set_anew_with_the_recovery_key(
    shell: Shell, recovery_key: str
) -> None:
    ran = shell.run(
        "vault",
        "recover",
        HEALTHMATE_RECOVERY_KEY_FILE=secret(shell, "key", recovery_key),
        HEALTHMATE_NEW_PASSPHRASE_FILE=secret(shell, "new", OTHER),
        HEALTHMATE_PASSPHRASE_FILE="",
    )
    assert ran.json["recovered"] is True
    assert opens(shell, OTHER)
    assert not opens(shell, PASSPHRASE)


def test_a_new_recovery_key_takes_the_place_of_the_old_one(shell: Shell, recovery_key: str) -> None:
    new = shell.run("vault", "new-recovery-key").json["recovery_key"]
    assert new != recovery_key

    def recovered(key: str) -> Ran:
        return shell.run(
            "vault",
            "recover",
            HEALTHMATE_RECOVERY_KEY_FILE=secret(shell, "key", key),
            HEALTHMATE_NEW_PASSPHRASE_FILE=secret(shell, "new", OTHER),
        )

    assert recovered(recovery_key).error == "wrong_recovery_key"
    assert recovered(new).code == 0


def test_renewed_keys_keep_everything_and_both_ways_in(shell: Shell, recovery_key: str) -> None:
    before = {path.name for path in (shell.data / "vault" / "originals").iterdir()}
    header = (shell.data / "vault" / "vault.hmv").read_bytes()
    ran = shell.run("vault", "rotate")
    assert ran.json == {"rotated": True, "documents": 1, "recovery_key": None}
    after = {path.name for path in (shell.data / "vault" / "originals").iterdir()}
    assert not before & after
    assert shell.run("vault", "check").json["ok"] is True
    assert shell.run("audit", "verify", "--deep").json["ok"] is True
    key = secret(shell, "key", recovery_key)
    new = secret(shell, "new", OTHER)
    ways = {"HEALTHMATE_RECOVERY_KEY_FILE": key, "HEALTHMATE_NEW_PASSPHRASE_FILE": new}
    assert shell.run_with(ways, "vault", "recover").code == 0
    assert opens(shell, OTHER)
    (shell.data / "vault" / "vault.hmv").write_bytes(header)  # with the passphrase of its day
    (shell.data / "vault" / "vault.hmv.prev").write_bytes(header)
    assert shell.run("person", "list").error == "vault_damaged"


def backup_of(shell: Shell) -> Path:
    target = shell.folder / "copy.hmb"
    ran = shell.run("vault", "backup", target)
    assert ran.json["verified"] is True
    report: dict[str, Any] = ran.json["backup"]
    assert (report["people"], report["documents"]) == (1, 1)
    return target


@pytest.mark.parametrize("way", ["passphrase", "recovery key"])
def test_a_backup_is_restored_where_nothing_is(
    shell: Shell, recovery_key: str, tmp_path: Path, way: str
) -> None:
    target = backup_of(shell)
    other = Shell(tmp_path / "other").make()
    by_key = {"HEALTHMATE_RECOVERY_KEY_FILE": secret(shell, "key", recovery_key)}
    ran = other.run_with(by_key if way == "recovery key" else {}, "vault", "restore", target)
    assert ran.json["restored"]["documents"] == 1
    assert other.run("vault", "check").json["ok"] is True
    assert other.run("audit", "verify", "--deep").json["ok"] is True
    assert opens(other, PASSPHRASE)


def test_a_restore_keeps_the_vault_that_was_there(shell: Shell) -> None:
    target = backup_of(shell)
    assert shell.run("person", "add", "Tomas Harlow").code == 0
    assert shell.run("vault", "restore", target).code == 0
    listed = shell.run("person", "list")
    assert [person["name"] for person in listed.json["people"]] == ["Rosa Harlow"]
    assert "older" not in listed.err  # it was wanted
    (replaced,) = shell.data.glob("vault.replaced-*")
    assert (replaced / "vault.db").is_file()


def test_a_damaged_backup_replaces_nothing(shell: Shell) -> None:
    target = backup_of(shell)
    content = bytearray(target.read_bytes())
    content[len(content) // 2] ^= 1
    target.write_bytes(content)
    assert shell.run("vault", "restore", target).error == "vault_damaged"
    assert shell.run("vault", "drill", target).error == "vault_damaged"
    assert opens(shell, PASSPHRASE)
    assert not list(shell.data.glob("vault.re*"))


def test_a_wrong_passphrase_restores_nothing(shell: Shell) -> None:
    target = backup_of(shell)
    wrong = secret(shell, "wrong", OTHER)
    ran = shell.run("vault", "restore", target, HEALTHMATE_PASSPHRASE_FILE=wrong)
    assert ran.error == "wrong_passphrase"
    assert opens(shell, PASSPHRASE)


def test_a_drill_opens_all_of_a_backup(shell: Shell) -> None:
    assert shell.run("vault", "drill", backup_of(shell)).json["verified"] is True
    assert shell.run("vault", "drill", shell.folder / "none.hmb").error == "invalid_input"


def test_failed_attempts_are_told_and_slow_down(shell: Shell) -> None:
    """The last try is put into the future, as by a clock set back: so the pause has not passed on any computer."""
    for _ in range(2):
        assert not opens(shell, OTHER)
    attempts = Attempts(Paths(shell.data).attempts)
    attempts.failed(datetime.now(UTC) + timedelta(days=1), "passphrase")
    ran = shell.run("person", "list")
    assert ran.code == 0
    assert "3 failed attempts to unlock since" in ran.err
    assert "waiting 2 seconds" in ran.err


def test_an_older_folder_put_back_is_told_until_it_is_accepted(
    shell: Shell, tmp_path: Path
) -> None:
    shutil.copytree(shell.data, tmp_path / "older")
    assert shell.run("person", "add", "Tomas Harlow").code == 0
    shutil.rmtree(shell.data)
    shutil.copytree(tmp_path / "older", shell.data)
    assert "older than the one last used" in shell.run("person", "list").err
    assert shell.run("vault", "check").json["ok"] is False
    verified = shell.run("audit", "verify")
    assert verified.code == 1
    assert verified.json["ok"] is False
    assert verified.json["error"]["code"] == "log_broken"
    assert shell.run("vault", "accept-older").json == {"accepted": True}
    assert shell.run("person", "list").err == ""
    assert shell.run("audit", "verify", "--deep").json["ok"] is True


def test_staff_see_and_do_what_their_role_includes(shell: Shell) -> None:
    new = secret(shell, "new", OTHER)
    added = shell.run(
        "user", "add", "Ana", "--role", "clinician", "--sees", "assigned",
        HEALTHMATE_NEW_PASSPHRASE_FILE=new,
    )  # fmt: skip
    assert (added.json["user"]["role"], added.json["user"]["sees"]) == ("clinician", "assigned")
    as_ana = {"HEALTHMATE_PASSPHRASE_FILE": new}
    rosa = shell.run("person", "list", "--user", "owner").json["people"][0]["id"]
    assert shell.run_with(as_ana, "person", "list", "--user", "Ana").json == {"people": []}
    refused = shell.run_with(as_ana, "vault", "rotate", "--user", "Ana")
    assert refused.error == "not_allowed"
    assert shell.run("user", "assign", "Ana", rosa, "--user", "owner").code == 0
    assert shell.run_with(as_ana, "person", "find", "har", "--user", "Ana").json["people"]
    assert shell.run("user", "unassign", "Ana", rosa, "--user", "owner").json == {"ended": 1}
    opened = shell.run_with(
        as_ana, "user", "emergency", rosa, "--reason", "brought in unconscious", "--user", "Ana"
    )
    assert opened.json["grant"]["until"]
    changed = shell.run("user", "change", "Ana", "--role", "auditor", "--user", "owner")
    assert changed.json["user"]["role"] == "auditor"
    assert shell.run_with(as_ana, "person", "list", "--user", "Ana").error == "not_allowed"
    assert shell.run_with(as_ana, "audit", "list", "--user", "Ana").json["events"]
    assert shell.run("user", "remove", "owner", "--user", "owner").error == "invalid_input"
    assert shell.run("user", "remove", "Ana", "--user", "owner").code == 0
    assert shell.run_with(as_ana, "person", "list").error == "wrong_passphrase"
    assert shell.run("user", "remove", "Ana").error == "not_found"
    users = shell.run("user", "list").json["users"]
    assert [(user["name"], user["active"]) for user in users] == [("owner", True), ("Ana", False)]


@pytest.mark.parametrize(
    "words", [("--role", "boss"), ("--sees", "some")], ids=lambda words: words[0]
)
def test_an_unknown_role_is_refused(shell: Shell, words: tuple[str, str]) -> None:
    assert shell.run("user", "add", "Ana", *words).error == "invalid_input"


def test_the_log_is_listed_checked_and_exported(shell: Shell) -> None:
    verified = shell.run("audit", "verify").json
    assert verified == {"ok": True, "events": verified["events"], "deep": False, "problems": []}
    listed = shell.run("audit", "list", "-k", "200", "--since", "2026-01-01").json["events"]
    actions = {event["action"] for event in listed}
    assert {"vault.begun", "patient.added", "document.added", "session.opened"} <= actions
    rosa = shell.run("person", "list").json["people"][0]["id"]
    hers = shell.run("audit", "list", "--person", rosa).json["events"]
    assert hers
    assert {event["person_id"] for event in hers} == {rosa}
    target = shell.folder / "log.jsonl"
    exported = shell.run("audit", "export", target).json
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert sum("event" in line for line in lines) == exported["events"]
    assert "Rosa" not in target.read_text(encoding="utf-8")
    assert shell.run("audit", "export", target).error == "invalid_input"
    assert shell.run("audit", "list", "--since", "3 March").error == "invalid_input"
