"""P1, P3, P6 to P8: after use, lock and kill the raw bytes of the disk hold none of 50 planted words, in no shape."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from drills import canaries, sessions
from drills.disk import disks_can_be_mounted, mounted
from drills.planted import DiskShell, Planted, all_read, by_commands, hand
from drills.window import used_in_the_window
from healthmate_desktop.composition import create_vault, open_vault
from healthmate_desktop.paths import Paths
from healthmate_desktop.security.kdf import FLOOR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.conftest import Report

pytestmark = [pytest.mark.security, pytest.mark.integration, pytest.mark.timeout(0)]
needs_disks = pytest.mark.skipif(
    not disks_can_be_mounted(), reason="mounting a disk takes root and losetup"
)
NEW_PASSPHRASE = "walnut anchor quiet sky"
EMBEDDINGS = 20
LIVE = ("logs", ".local/share/recently-used.xbel", ".config/QtProject.conf", ".cache/thumbnails")


@pytest.fixture(scope="module")
def planted() -> Planted:
    return Planted()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "mounted"


def a_shell(disk: Path, tmp_path: Path) -> DiskShell:
    return DiskShell(disk / "computer", tmp_path / "hand").make()


def embeddings(shell: DiskShell, passphrase: str) -> list[bytes]:
    """The vectors that the vault holds, as they lie in memory."""
    commons: Any = sessions.FakeCommons()
    opened = open_vault(Paths(shell.data), passphrase, commons, name="owner")
    query = sa.text("SELECT vector FROM vector LIMIT :n")
    with closing(opened) as services, services.vault.connection(writing=False) as connection:
        return [bytes(row.vector) for row in connection.execute(query, {"n": EMBEDDINGS})]


def pieces_of(vectors: list[bytes]) -> dict[bytes, str]:
    """Any 32 numbers in a row would give it away."""
    return {
        vector[start : start + 128]: f"embedding {number}"
        for number, vector in enumerate(vectors)
        for start in range(0, len(vector) - 127, 128)
    }


@pytest.mark.slow
@needs_disks
def test_p1_raw_disk_after_use(
    tmp_path: Path, place: Path, planted: Planted, report: Report, starter_library: Path
) -> None:
    image = tmp_path / "image"
    with mounted(image, place) as disk:
        shell = a_shell(disk, tmp_path)
        ran = by_commands(shell, planted, starter_library)
        all_read(planted, shell, ran["person"].json["person"]["id"])
        used_in_the_window(shell, planted, NEW_PASSPHRASE)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_STATE_HOME", shell.environment()["XDG_STATE_HOME"])
            vectors = embeddings(shell, NEW_PASSPHRASE)
        assert len(vectors) >= min(EMBEDDINGS, 10)
        forms = planted.forms | pieces_of(vectors)
        names = [*planted.words, *(f"embedding {n}" for n in range(len(vectors)))]
        live = canaries.seen_below(disk, forms, names)
        said = {
            (name, word)
            for name, one in ran.items()
            for word in canaries.seen_in(one.err.encode(), forms)
        }
        used = shutil.disk_usage(disk).used
    report.count(
        words=len(planted.words),
        embeddings=len(vectors),
        forms=len(forms),
        commands=len(ran),
        mb=used >> 20,
    )
    report.add("raw image", [f"hits: {word}" for word in sorted(canaries.seen_on(image, forms))])
    report.add("live files", [f"hits: {file}: {word}" for file, word in sorted(live)])
    report.add("standard error", [f"hits: {name}: {word}" for name, word in sorted(said)])
    report.add(
        "shared memory", [f"hits: {f}" for f in canaries.seen_below(shm(), forms, planted.words)]
    )
    report.check("hits")


def shm() -> Path:
    from pathlib import Path

    return Path(os.sep, "dev", "shm")


@needs_disks
@pytest.mark.parametrize("how", ["deleted file", "spilled table"])
def test_p1_raw_disk_would_show(tmp_path: Path, place: Path, planted: Planted, how: str) -> None:
    """The positive controls."""
    image = tmp_path / "image"
    wanted = set(planted.words)
    with mounted(image, place, megabytes=64) as disk:
        if how == "deleted file":
            path = disk / "note"
            path.write_text(" ".join(planted.words), encoding="utf-8")
            path.unlink()
        else:
            spill(disk, planted.words)
    assert canaries.seen_on(image, planted.forms) == wanted
    if how == "deleted file":
        assert canaries.seen_on(image, {b"never there": "x"}) == set()


SPILL = """
import sys
from sqlcipher3 import dbapi2
raw = dbapi2.connect(sys.argv[1])
raw.execute("PRAGMA key = \\"x'" + "0" * 64 + "'\\"")
raw.execute("PRAGMA temp_store=FILE")
raw.execute("PRAGMA cache_size=10")
raw.execute("CREATE TEMP TABLE t (a, b)")
words = sys.stdin.read().split()
raw.executemany("INSERT INTO t VALUES (?, ?)", ((w + str(n), "x" * 400) for n in range(200) for w in words))
raw.execute("SELECT * FROM t ORDER BY b, a").fetchall()
"""


def spill(disk: Path, words: list[str]) -> None:
    """SQLite told to keep temporary tables in files; the product's own connections refuse this."""
    subprocess.run(
        [sys.executable, "-c", SPILL, str(disk / "x.db")],
        input=" ".join(words).encode(),
        env={**os.environ, "SQLITE_TMPDIR": str(disk), "TMPDIR": str(disk)},
        check=True,
        timeout=60,
    )


@pytest.mark.parametrize("compressed", [False, True])
def test_every_shape_of_a_word_would_be_found(planted: Planted, compressed: bool) -> None:
    import zlib

    for word in planted.words[:5]:
        for shape in canaries.shapes(word):
            content = (
                b"before" + (zlib.compress(b"x" * 99 + shape) if compressed else shape) + b"after"
            )
            assert canaries.seen_in(content, planted.forms) == {word}


@pytest.mark.slow
@needs_disks
def test_p8_raw_disk_after_kills(
    tmp_path: Path, place: Path, planted: Planted, report: Report, starter_library: Path
) -> None:
    """Killed in imports with OCR, in backups and in questions; the children go by themselves."""
    image = tmp_path / "image"
    chance = random.Random(8)
    with mounted(image, place) as disk:
        shell = a_shell(disk, tmp_path)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_STATE_HOME", shell.environment()["XDG_STATE_HOME"])
            create_vault(Paths(shell.data), "tangerine ladder quiet violin", cost=FLOOR)
        shutil.copytree(starter_library, shell.data / "library", dirs_exist_ok=True)
        added = shell.run("person", "add", " ".join(planted.names[:4]))
        assert added.code == 0, added
        desk = planted.desk(shell.hand)
        (shell.folder / "copies").mkdir()
        for number in range(24):
            words = commands(shell, planted, desk)[number % 4]
            report.count(kills=1, killed=killed(shell, chance.uniform(0.8, 4.5), *words))
        live = canaries.seen_below(disk, planted.forms, planted.words)
        whole = [shell.run("vault", "check").json, shell.run("audit", "verify", "--deep").json]
    report.add("vault", [f"corrupt: {one}" for one in whole if not one.get("ok")])
    report.add(
        "raw image", [f"hits: {word}" for word in sorted(canaries.seen_on(image, planted.forms))]
    )
    report.add("live files", [f"hits: {file}: {word}" for file, word in sorted(live)])
    report.check("hits", "corrupt")


def commands(shell: DiskShell, planted: Planted, desk: Path) -> list[tuple[str | Path, ...]]:
    copies = shell.folder / "copies"
    return [
        ("import", desk),
        ("vault", "backup", copies / f"{len(list(copies.iterdir()))}.hmb"),
        ("import", desk),
        ("ask", f"What was the {planted.text[0]} blood value, {planted.asked[0]}?"),
    ]


def killed(shell: DiskShell, seconds: float, *words: str | Path) -> bool:
    """Whether it was still at work by then."""
    process = subprocess.Popen(
        shell.command(*words),
        cwd=shell.folder,
        env=shell.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False


@pytest.fixture
def small(tmp_path: Path, planted: Planted) -> Iterator[DiskShell]:
    yield DiskShell(tmp_path / "computer", tmp_path / "hand").make()
    assert planted.words


def test_p3_live_files_few(small: DiskShell, planted: Planted, report: Report) -> None:
    """A short use without a disk of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", small.environment()["XDG_STATE_HOME"])
        create_vault(Paths(small.data), "tangerine ladder quiet violin", cost=FLOOR)
    assert small.run("person", "add", planted.names[0]).code == 0
    letter = small.hand / f"{planted.files[0]}.txt"
    letter.write_text(f"The {planted.text[0]} value was 9.", encoding="utf-8")
    assert small.run("import", letter).code == 0
    assert hand(small, "unused", "x")
    live = canaries.seen_below(small.folder, planted.forms, planted.words)
    report.count(words=3)
    report.add("live files", [f"hits: {file}: {word}" for file, word in sorted(live)])
    report.check("hits")
