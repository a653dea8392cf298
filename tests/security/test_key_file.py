from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.domain.keys import Anchor
from healthmate_desktop.errors import (
    InvalidInput,
    NotFound,
    VaultDamaged,
    VaultError,
    WrongPassphrase,
)
from healthmate_desktop.security.header import (
    create_header,
    open_header,
    open_with_recovery_key,
    sign_in_names,
)
from healthmate_desktop.security.header_document import MOST_USERS, decode
from healthmate_desktop.security.slots import WrongRecoveryKey
from security.made import (
    OLD_PASSPHRASE,
    OTHER,
    PASSPHRASE,
    QUICK,
    THIRD,
    Made,
    old_vault,
    with_checksum,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("cheap_unlocks")]


def opens(made: Made, passphrase: str, name: str = "") -> bool:
    try:
        return made.open(passphrase, name).keys.vault_id == made.keys.vault_id
    except WrongPassphrase:
        return False


def copies(made: Made) -> set[bytes]:
    return {made.path.read_bytes(), made.previous.read_bytes()}


def test_a_changed_passphrase_takes_the_place_of_the_old_one_in_both_copies(made: Made) -> None:
    opened = made.open()
    seed, key = opened.signing_seed, opened.signing_key
    assert opened.change_passphrase("owner", OTHER, cost=QUICK) == key
    assert len(copies(made)) == 1
    assert not opens(made, PASSPHRASE)
    again = made.open(OTHER)
    assert again.keys == made.keys
    assert again.signing_seed == opened.signing_seed == seed
    made.path.unlink()
    assert not opens(made, PASSPHRASE)
    assert made.recover().keys == made.keys


def test_an_old_key_file_and_passphrase_do_not_open_a_renewed_vault(made: Made) -> None:
    """Not even together: a new passphrase makes a new identity, which later master keys are sealed to."""
    old = made.content
    opened = made.open()
    identity = opened._secrets.identity if opened._secrets else ""
    opened.change_passphrase("owner", OTHER, cost=QUICK)
    opened.begin_renewal()
    opened.finish_renewal()
    renewed = json.loads(made.path.read_bytes())
    document = json.loads(old)
    made.write(old)
    assert made.open().keys.database_key != opened.keys.database_key
    document["slots"][0]["master"] = renewed["slots"][0]["master"]
    made.write(with_checksum(document))
    with pytest.raises(VaultError):
        made.open()
    assert identity != (opened._secrets.identity if opened._secrets else "")


@pytest.mark.parametrize("weak", ["short", "password1234", "Wilhelmina 12"])
def test_a_weak_passphrase_changes_nothing(made: Made, weak: str) -> None:
    opened = made.open()
    opened.add_user("u2", "Wilhelmina", OTHER, cost=QUICK)
    before = copies(made)
    with pytest.raises(InvalidInput):
        opened.change_passphrase("u2", weak, cost=QUICK)
    with pytest.raises(InvalidInput):
        opened.add_user("u3", "Wilhelmina 2", weak, cost=QUICK)
    assert copies(made) == before


def test_who_signed_in_is_asked_again(made: Made) -> None:
    opened = made.open()
    opened.add_user("u2", "Anna", OTHER, cost=QUICK)
    opened.confirm(PASSPHRASE)
    for wrong in (OTHER, "", PASSPHRASE.upper()):
        with pytest.raises(WrongPassphrase):
            opened.confirm(wrong)
    made.open(OTHER, "anna").confirm(OTHER)
    with pytest.raises(WrongPassphrase):
        made.recover().confirm(PASSPHRASE)


def test_each_person_signs_in_with_their_own_name_and_passphrase(made: Made) -> None:
    opened = made.open()
    key = opened.add_user("u2", "Anna", OTHER, cost=QUICK)
    assert opened.users == [("owner", "owner"), ("u2", "Anna")]
    assert sign_in_names(made.folder) == ["owner", "Anna"]
    anna = made.open(OTHER, "ANNA")
    assert (anna.user_id, anna.user_name, anna.keys) == ("u2", "Anna", made.keys)
    assert anna.signing_key == key != opened.signing_key
    assert made.open(OTHER).user_id == "u2"  # without a name each passphrase is tried
    assert opens(made, PASSPHRASE, "owner")
    assert not opens(made, PASSPHRASE, "Anna")
    assert not opens(made, OTHER, "owner")
    assert not opens(made, OTHER, "somebody")


@pytest.mark.parametrize(
    ("user_id", "name"),
    [
        ("u2", "owner"),
        ("u2", "OWNER"),
        ("u2", "\uff4fwner"),
        ("owner", "Anna"),
        ("u2", ""),
        ("u2", "a\n"),
    ],
)
def test_two_people_never_share_a_name_or_id(made: Made, user_id: str, name: str) -> None:
    with pytest.raises(InvalidInput):
        made.open().add_user(user_id, name, OTHER, cost=QUICK)
    assert copies(made) == {made.content}


def test_the_key_file_holds_as_many_people_as_it_says_and_no_more(made: Made) -> None:
    opened = made.open()
    for number in range(1, MOST_USERS):
        opened.add_user(
            f"0192f0c1-7b7e-7c1a-9c55-{number:012}", "É" * 58 + f"{number:02}", OTHER, cost=QUICK
        )
    with pytest.raises(InvalidInput, match="Up to 40 people"):
        opened.add_user("one", "too many", OTHER, cost=QUICK)
    opened.begin_renewal()
    assert len(made.path.read_bytes()) < 64 * 1024
    assert made.open(PASSPHRASE, "owner").keys == opened.keys
    document = made.document()
    document["slots"].append(next(s for s in document["slots"] if s["type"] == "passphrase"))
    with pytest.raises(VaultDamaged):  # each more would make an unlock without a name take longer
        decode(with_checksum(document))


def test_who_was_removed_can_not_sign_in_from_either_copy(made: Made) -> None:
    opened = made.open()
    opened.add_user("u2", "Anna", OTHER, cost=QUICK)
    opened.remove_user("u2")
    assert opened.users == [("owner", "owner")]
    assert len(copies(made)) == 1
    assert not opens(made, OTHER)
    assert opens(made, PASSPHRASE)


def test_the_last_person_and_strangers_are_not_removed(made: Made) -> None:
    opened = made.open()
    with pytest.raises(InvalidInput, match="last person"):
        opened.remove_user("owner")
    with pytest.raises(NotFound):
        opened.remove_user("u2")
    with pytest.raises(NotFound):
        opened.change_passphrase("u2", OTHER, cost=QUICK)
    assert copies(made) == {made.content}


def test_a_passphrase_set_by_someone_else_comes_with_another_signing_key(made: Made) -> None:
    """The seed is sealed under the passphrase, which nobody else knows."""
    opened = made.open()
    first = opened.add_user("u2", "Anna", OTHER, cost=QUICK)
    second = opened.change_passphrase("u2", THIRD, cost=QUICK)
    assert first != second == made.open(THIRD, "Anna").signing_key
    assert not opens(made, OTHER)
    assert opened.user_id == "owner"
    opened.confirm(PASSPHRASE)


def test_after_the_recovery_key_a_new_passphrase_signs_in(made: Made) -> None:
    recovered = made.recover()
    assert (recovered.user_id, recovered.user_name) == ("", "")
    assert [recovered.signing_seed, recovered.signing_key] == [None, None]
    key = recovered.change_passphrase("owner", OTHER, cost=QUICK)
    assert (recovered.user_id, recovered.signing_key) == ("owner", key)
    recovered.confirm(OTHER)
    assert made.open(OTHER).signing_key == key
    assert not opens(made, PASSPHRASE)
    assert made.recover().keys == made.keys


def test_a_new_recovery_key_takes_the_place_of_the_old_one_in_both_copies(made: Made) -> None:
    opened = made.open()
    new = opened.new_recovery_key()
    assert new != made.recovery_key
    assert len(copies(made)) == 1
    with pytest.raises(WrongRecoveryKey):
        made.recover()
    assert open_with_recovery_key(made.folder, new).keys == made.keys
    assert opened.recovery_recipient == open_with_recovery_key(made.folder, new).recovery_recipient


def test_an_anchor_is_kept_and_leaves_two_copies_that_open_alike(made: Made) -> None:
    opened = made.open()
    assert opened.anchor is None
    for seq in (1, 2):
        opened.save_anchor(Anchor(seq, "0a" * 32))
        assert len(copies(made)) == 2
        assert made.open().anchor == opened.anchor == Anchor(seq, "0a" * 32)
        made.recover()
    before = made.path.read_bytes()
    opened.save_anchor(Anchor(2, "0a" * 32))
    assert made.path.read_bytes() == before  # nothing new, nothing written
    made.path.unlink()
    assert made.open().anchor == Anchor(1, "0a" * 32)


def test_opening_from_the_previous_copy_heals_the_newest_one(made: Made) -> None:
    made.open().save_anchor(Anchor(1, "0a" * 32))
    made.path.write_bytes(b"broken")
    opened = made.open()
    assert opened.from_previous
    opened.save_anchor(Anchor(2, "0b" * 32))
    again = made.open()
    assert not again.from_previous
    assert again.anchor == Anchor(2, "0b" * 32)


def test_a_forged_newest_copy_is_replaced_and_never_becomes_the_previous_one(
    made: Made,
) -> None:
    """It has the right shape and a right checksum; only its MAC tells."""
    forged = with_checksum(made.document() | {"gen": 9})
    made.path.write_bytes(forged)
    opened = made.open()
    assert opened.from_previous
    opened.save_anchor(Anchor(1, "0a" * 32))
    assert forged not in copies(made)
    assert not made.open().from_previous
    made.path.unlink()
    assert made.open().keys == made.keys


def test_a_change_made_by_another_process_is_not_undone(made: Made) -> None:
    first, second = made.open(), made.open()
    first.change_passphrase("owner", OTHER, cost=QUICK)
    for change in (
        second.new_recovery_key,
        second.begin_renewal,
        lambda: second.save_anchor(Anchor(1, "00")),
    ):
        with pytest.raises(VaultError, match="changed by another"):
            change()
    assert opens(made, OTHER)
    assert not opens(made, PASSPHRASE)
    assert made.recover().keys == made.keys


def test_what_a_newer_version_wrote_meanwhile_is_not_undone(made: Made) -> None:
    opened = made.open()
    newer = with_checksum(made.document() | {"v": 3})
    made.path.write_bytes(newer)
    with pytest.raises(VaultError, match="changed by another"):
        opened.new_recovery_key()
    assert made.path.read_bytes() == newer


def test_a_lost_newest_copy_does_not_stop_a_change(made: Made) -> None:
    opened = made.open()
    made.path.unlink()
    opened.change_passphrase("owner", OTHER, cost=QUICK)
    assert opens(made, OTHER)
    assert len(copies(made)) == 1


def test_generations_count_up(made: Made) -> None:
    opened = made.open()
    assert made.document()["gen"] == 1
    opened.new_recovery_key()
    opened.save_anchor(Anchor(1, "00"))
    assert made.document()["gen"] == 3


def test_without_a_given_cost_a_new_passphrase_is_made_costly(made: Made) -> None:
    made.open().change_passphrase("owner", OTHER)
    assert made.document()["slots"][0]["kdf"]["m"] >= 64 * 1024


def test_recovering_a_vault_of_version_0_1_0_gives_it_a_passphrase_of_today(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "vault"
    recovery_key = old_vault(folder)
    recovered = open_with_recovery_key(folder, recovery_key)
    recovered.save_anchor(Anchor(1, "00"))
    kept = open_with_recovery_key(folder, recovery_key)  # an old slot in a file of today
    assert kept.users == [("owner", "owner")]
    assert open_header(folder, OLD_PASSPHRASE).keys == recovered.keys
    with pytest.raises(InvalidInput, match="Change this passphrase first"):
        kept.begin_renewal()
    kept.change_passphrase("owner", OTHER, cost=QUICK)
    assert open_header(folder, OTHER).keys == recovered.keys
    assert kept.begin_renewal()[1] is None  # the recovery key is known, so it stays
    assert open_with_recovery_key(folder, recovery_key).keys == kept.keys


def test_first_users_may_have_any_name(cheap_unlocks: None, tmp_path: Path) -> None:  # noqa: ARG001
    create_header(tmp_path, PASSPHRASE, name="Dr. Björk", cost=QUICK)
    assert open_header(tmp_path, PASSPHRASE, "dr. bjÖrk").users == [("owner", "Dr. Björk")]
