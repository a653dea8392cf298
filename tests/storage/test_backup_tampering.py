"""No backup that was cut, changed or made up takes the place of a vault, whoever made it."""

from __future__ import annotations

import hashlib
import io
import json
import os
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from backup_builders import (
    MADE_AT,
    NOT_WHOLE,
    SPOIL,
    UNFIT,
    Forgery,
    Home,
    Member,
    everything_in,
    make_home,
    members_of,
    taken_apart,
    tar_of,
)
from builders import finished

from healthmate_desktop.errors import HealthMateError, VaultDamaged
from healthmate_desktop.security.age import new_identity
from healthmate_desktop.security.streams import seal_stream, unseal_stream
from healthmate_desktop.storage import backup_format as form
from healthmate_desktop.storage.backup_errors import BackupTooNew
from healthmate_desktop.storage.backup_tar import END, header
from healthmate_desktop.storage.engine import open_keyed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Change = Callable[[Forgery, Path], object]

pytestmark = [pytest.mark.security, pytest.mark.database]
NEWER = "made by a newer HealthMate"
CHUNK = 65536  # what age seals at a time


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("template") / "home")


@pytest.fixture
def home(template: Home, tmp_path: Path) -> Home:
    return template.copy(tmp_path / "home")


def refused(home: Home, file: Path, words: str) -> None:
    """Neither here nor on a new computer does it change anything."""
    before = everything_in(home.data)
    new = Home(home.folder / "new", home.keys, home.recovery_key)
    for place in (home, new):
        with pytest.raises(HealthMateError, match=words) as told:
            place.restore(file)
        assert "Nothing was changed." in str(told.value)
    assert everything_in(home.data) == before
    assert everything_in(new.data) == {}
    assert not list(file.parent.rglob("escaped*"))


# --- by someone without the keys: all that can be changed is what lies around the seal


def repacked(whole: bytes, change: Callable[[list[Member]], object], end: bytes = END) -> bytes:
    members = members_of(whole)
    change(members)
    made_at = taken_time(whole)
    return tar_of(members, made_at)[: -len(END)] + end


def taken_time(whole: bytes) -> int:
    return int(whole[136:147], 8)


def with_head(whole: bytes, of: str, **other: object) -> bytes:
    """With another header before the file of this name."""
    content = dict(members_of(whole))[of]
    values = {"name": of, "size": len(content), "made_at": taken_time(whole)}
    old = header(**values)  # type: ignore[arg-type]  # as named
    assert whole.count(old) == 1
    return whole.replace(old, header(**(values | other)))  # type: ignore[arg-type]  # as given


def with_key_file(whole: bytes, content: bytes) -> bytes:
    return repacked(whole, lambda members: members.__setitem__(1, (form.HEADER, content)))


def flipped(whole: bytes, place: int) -> bytes:
    return whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]


def _as_link(whole: bytes) -> bytes:
    """The first file becomes a link, with a checksum that is right."""
    block = bytearray(whole[:512])
    block[156:157], block[157:168] = b"2", b"escaped.txt"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + whole[512:]


AROUND: dict[str, Callable[[bytes], bytes]] = {
    "an empty file": lambda _: b"",
    "nothing but zeros": lambda whole: bytes(len(whole)),
    "cut short": lambda whole: whole[:-600],
    "cut in its first page": lambda whole: whole[:700],
    "more at its end": lambda whole: whole + bytes(512),
    "an end that is none": lambda whole: flipped(whole, len(whole) - 1),
    "padding that says something": lambda whole: repacked(
        whole, lambda members: members.__setitem__(2, (form.OPENER, b"x"))
    ).replace(b"x" + bytes(511), b"x" + bytes(510) + b"y"),
    "another page": lambda whole: flipped(whole, 512),
    "a page that is too long": lambda whole: repacked(
        whole, lambda members: members.__setitem__(0, (form.README, bytes(2**20 + 1)))
    ),
    "a head that is damaged": lambda whole: flipped(whole, 150),
    "a name that leads out": lambda whole: with_head(whole, form.README, name="../escaped.txt"),
    "an absolute name": lambda whole: with_head(whole, form.HEADER, name="/escaped.hmv"),
    "a link": _as_link,
    "a size below nothing": lambda whole: with_head(whole, form.README, size=-5),
    "a size no disk has": lambda whole: with_head(whole, form.CONTENTS, size=2**70),
    "files of two times": lambda whole: with_head(whole, form.OPENER, made_at=1),
    "a file twice": lambda whole: repacked(whole, lambda members: members.insert(0, members[0])),
    "another order": lambda whole: repacked(whole, lambda members: members.reverse()),
    "a file behind the contents": lambda whole: repacked(
        whole, lambda _: None, header("escaped.txt", 0, taken_time(whole)) + bytes(512)
    ),
    "no key file": lambda whole: with_key_file(whole, b"{}"),
}


@pytest.mark.parametrize("name", AROUND)
def test_a_backup_changed_by_someone_without_the_keys_is_refused(home: Home, name: str) -> None:
    changed = home.folder / "changed.hmb"
    changed.write_bytes(AROUND[name](home.file.read_bytes()))
    refused(home, changed, NOT_WHOLE)


def test_not_even_what_is_added_behind_a_full_piece_of_the_seal_is_overlooked(home: Home) -> None:
    """The age format has no length; its reader stops at the last piece, and a full one looks like any other."""
    forgery = taken_apart(home)
    listed = len(json.dumps(forgery.listed))
    rest = len(tar_of([*forgery.inner, (form.MANIFEST, bytes(listed))], 0)) % CHUNK
    forgery.before_listing = lambda content: content.ljust(listed + -listed % 512 + CHUNK - rest)
    whole = forgery.write(home.folder / "full.hmb").read_bytes()
    sealed = dict(members_of(whole))[form.CONTENTS]
    assert len(members_of_sealed(home, sealed)) % CHUNK == 0
    home.restore(home.folder / "full.hmb")
    (home.folder / "more.hmb").write_bytes(
        repacked(whole, lambda members: members.__setitem__(3, (form.CONTENTS, sealed + b"more")))
    )
    refused(home, home.folder / "more.hmb", NOT_WHOLE)


def members_of_sealed(home: Home, sealed: bytes) -> bytes:
    opened = io.BytesIO()
    unseal_stream(io.BytesIO(sealed), opened, home.keys.document_identity)
    return opened.getvalue()


def test_a_key_file_of_a_newer_version_is_told(home: Home) -> None:
    newer = json.dumps({"format": "healthmate-vault", "v": 99}, separators=(",", ":")).encode()
    changed = home.folder / "changed.hmb"
    changed.write_bytes(with_key_file(home.file.read_bytes(), newer))
    refused(home, changed, NEWER)


@pytest.mark.parametrize(
    "key_file", [b"no JSON", b"[]", b"{}", b'{"vault_id": "x", "epoch": Infinity}', b"[" * 99_999]
)
def test_a_key_file_that_says_nothing_ends_no_check_and_no_list(
    home: Home, key_file: bytes
) -> None:
    changed = home.folder / form.file_name(home.keys.vault_id, MADE_AT)
    changed.write_bytes(with_key_file(home.file.read_bytes(), key_file))
    with home.open() as (_, backups):
        assert backups.existing(home.folder) == []
        with pytest.raises(VaultDamaged, match=NOT_WHOLE):
            finished(backups.check(changed))


# --- by someone with the keys: the seal is right, and what is in it is not


def renamed(forgery: Forgery, name: str) -> None:
    (old, *_) = forgery.originals
    forgery.inner = [(name if o == old else o, content) for o, content in forgery.inner]
    forgery.list_all()


def with_keys(forgery: Forgery, **changes: object) -> None:
    keys = json.loads(forgery[form.KEYS]) | changes
    forgery[form.KEYS] = json.dumps(keys).encode()
    forgery.list_all()


def with_list(forgery: Forgery, content: Callable[[bytes], bytes]) -> None:
    forgery.before_listing = content


def with_content(forgery: Forgery, name: str, content: bytes) -> None:
    forgery[name] = content
    forgery.list_all()


def without(forgery: Forgery, name: str) -> None:
    forgery.drop(name)
    forgery.list_all()


def twice(forgery: Forgery, name: str, content: bytes) -> None:
    forgery.inner.append((name, content))
    forgery.list_all()


def with_foreign_original(forgery: Forgery, work: Path) -> None:
    """The database knows it, but it is sealed to others, which shows at its beginning."""
    (name, *_) = forgery.originals
    sealed = io.BytesIO()
    seal_stream(io.BytesIO(bytes(2**20)), sealed, new_identity())
    forgery[name] = sealed.getvalue()
    entry = hashlib.sha256(forgery[name]).hexdigest()
    (document_id,) = name.removeprefix("originals/").split(".")[:1]
    forgery.edit_database(
        work,
        f"UPDATE original SET sealed_sha256 = '{entry}' WHERE document_id = '{document_id}'",
    )


def with_other_database(forgery: Forgery, work: Path) -> None:
    """Whole, under the right key, and not of ours."""
    key = bytes.fromhex(json.loads(forgery[form.KEYS])["database_key"])
    path = work / "other.db"
    path.touch()
    with closing(open_keyed(path, key)) as raw:
        raw.execute("CREATE TABLE patient (id TEXT)")
    forgery[form.DATABASE] = path.read_bytes()
    forgery.list_all()


def changed_list(**changes: object) -> Change:
    return lambda forgery, _: forgery.listed.update(changes)


def changed_contents(**changes: object) -> Change:
    return lambda forgery, _: forgery.listed["contents"].update(changes)


INSIDE: dict[str, Change] = {
    "no list": lambda f, _: with_list(f, lambda _: b""),
    "a list that is no JSON": lambda f, _: with_list(f, lambda _: b"no JSON"),
    "a list without a bottom": lambda f, _: with_list(f, lambda _: b"[" * 99_999),
    "a list that is no object": lambda f, _: with_list(f, lambda _: b"[]"),
    "a list not made with the keys": lambda f, _: with_list(
        f, lambda content: content.replace(b'"made_at"', b'"made_up"')
    ),
    "a list whose proof is no text": lambda f, _: with_list(
        f, lambda content: json.dumps(json.loads(content) | {"mac": 1}).encode()
    ),
    "a list of another format": changed_list(format="other"),
    "a list of no version": changed_list(v="1"),
    "a list with a part missing": changed_list(contents={}),
    "a list that is not the last": lambda f, _: f.after.append(("originals/escaped.age", b"")),
    "two lists": lambda f, _: f.after.append((form.MANIFEST, b"{}")),
    "a file that is not listed": lambda f, _: f.inner.append(("originals/escaped.age", b"")),
    "a listed file that is missing": lambda f, _: f.drop(f.originals[0]),
    "a wrong size": lambda f, _: f.listed["inner"][1].update(size=3),
    "more people than there are": changed_contents(people=7),
    "another end of the log": changed_contents(log_head={"seq": 1, "mac": "00"}),
    "a loss that is none": lambda f, _: f.listed.update(missing=["someone"]),
    "a loss that is not told": lambda f, _: without(f, f.originals[0]),
    "an original that was changed": lambda f, _: with_content(f, f.originals[0], os.urandom(99)),
    "an original that does not open": with_foreign_original,
    "an original that leads out": lambda f, _: renamed(f, "originals/../../escaped.age"),
    "an absolute original": lambda f, _: renamed(f, "/escaped.age"),
    "an original in a folder": lambda f, _: renamed(f, "originals/a/escaped.age"),
    "a name we give to no file": lambda f, _: renamed(f, "originals/escaped.sh"),
    "no keys": lambda f, _: without(f, form.KEYS),
    "keys of another vault": lambda f, _: with_keys(f, vault_id="other"),
    "keys of another time": lambda f, _: with_keys(f, epoch=9),
    "a key that is missing": lambda f, _: with_keys(f, database_key=None),
    "a key that is no number": lambda f, _: with_keys(f, database_key="key"),
    "a key that is too short": lambda f, _: with_keys(f, database_key="00"),
    "another key": lambda f, _: with_keys(f, database_key="00" * 32),
    "keys that fill the memory": lambda f, _: with_keys(f, more="x" * form.LONGEST_KEYS),
    "no database": lambda f, _: without(f, form.DATABASE),
    "another database": with_other_database,
    "a damaged database": lambda f, _: with_content(
        f, form.DATABASE, flipped(f[form.DATABASE], 9000)
    ),
    "a second database": lambda f, _: twice(f, form.DATABASE, os.urandom(8192)),
}


@pytest.mark.parametrize("name", INSIDE)
def test_a_backup_made_up_by_someone_with_the_keys_is_refused(
    home: Home, tmp_path: Path, name: str
) -> None:
    forgery = taken_apart(home)
    INSIDE[name](forgery, tmp_path)
    refused(home, forgery.write(home.folder / "forged.hmb"), UNFIT)


@pytest.mark.parametrize(
    "change", [changed_list(vault_id="other"), changed_list(epoch=2), changed_list(outer=[])]
)
def test_a_list_of_another_backup_is_refused(home: Home, tmp_path: Path, change: Change) -> None:
    forgery = taken_apart(home)
    change(forgery, tmp_path)
    refused(home, forgery.write(home.folder / "forged.hmb"), NOT_WHOLE)


@pytest.mark.parametrize(
    "change",
    [
        changed_list(v=2),
        lambda f, _: with_keys(f, v=2),
        lambda f, work: f.edit_database(work, "UPDATE alembic_version SET version_num = 'later'"),
    ],
    ids=["the list", "the keys", "the database"],
)
def test_a_backup_of_a_newer_version_is_told(home: Home, tmp_path: Path, change: Change) -> None:
    forgery = taken_apart(home)
    change(forgery, tmp_path)
    file = forgery.write(home.folder / "newer.hmb")
    refused(home, file, NEWER)
    with home.open() as (_, backups), pytest.raises(BackupTooNew):
        finished(backups.check(file))


def test_records_that_do_not_fit_together_are_refused(home: Home, tmp_path: Path) -> None:
    """Each page is whole, but a row is not what the table allows."""
    forgery = taken_apart(home)
    forgery.edit_database(tmp_path, *SPOIL)
    refused(home, forgery.write(home.folder / "forged.hmb"), UNFIT)


def test_what_was_taken_apart_and_packed_again_is_taken(home: Home) -> None:
    """So that the tests above fail for their own reasons."""
    home.restore(taken_apart(home).write(home.folder / "packed.hmb"))
    assert len(home.contents()) == 2
