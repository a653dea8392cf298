"""What a hardened process can no longer do, tried out in processes of their own; and what the person is told of it."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from healthmate_desktop.security import linux, process
from healthmate_desktop.security.process import protections

pytestmark = pytest.mark.security
ROOT = Path(__file__).resolve().parents[2]
only_linux = pytest.mark.skipif(sys.platform != "linux", reason="seccomp and prctl are Linux")
KEYS = [
    "private_files",
    "no_core_dumps",
    "memory_closed_to_others",
    "no_internet_sockets",
    "socket_tripwire",
]


def run_hardened(room: str, code: str, folder: Path) -> Any:
    """Run `code` after `harden(room)` in a process of its own; it leaves what it found in `found`."""
    program = (
        "import ctypes, json, os, socket, subprocess, sys, threading\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from healthmate_desktop.security import linux, process\n"
        "from healthmate_desktop.security.process import harden, protections\n"
        "def attempt(what):\n"
        "    try:\n"
        "        what()\n"
        "    except OSError as error:\n"
        "        return error.errno\n"
        "    return 0\n"
        "def active():\n"
        "    return {found.key: found.active for found in protections()}\n"
        f"{code}"
        "print(json.dumps(found))\n"
    ).replace("HARDEN", f"harden({room!r})")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_plain_process_claims_no_protection_and_says_what_to_do() -> None:
    found = protections()
    assert [protection.key for protection in found] == KEYS
    for protection in found:
        assert protection.words.endswith(".")
        assert bool(protection.detail) == (not protection.active)
    missing = {protection.key for protection in found if not protection.active}
    assert missing >= {"no_internet_sockets", "socket_tripwire"}


@only_linux
@pytest.mark.parametrize("room", ["app", "engine", "reader"])
def test_every_room_is_protected_in_every_way(room: str, tmp_path: Path) -> None:
    found = run_hardened(room, "HARDEN\nHARDEN\nfound = active()\n", tmp_path)
    assert found == dict.fromkeys(KEYS, True)


@only_linux
def test_each_protection_is_found_out_by_trying(tmp_path: Path) -> None:
    """Taken back one by one, where that is possible at all, each is told as missing."""
    code = """
import resource
HARDEN
before = active()
os.umask(0o022)
found = {"private_files": active()}
os.umask(0o077)
linux._c().prctl(4, 1, 0, 0, 0)
found["memory_closed_to_others"] = active()
found["before"] = before
"""
    found = run_hardened("app", code, tmp_path)
    assert found["before"] == dict.fromkeys(KEYS, True)
    assert not found["private_files"]["private_files"]
    assert not found["memory_closed_to_others"]["memory_closed_to_others"]
    assert not found["memory_closed_to_others"]["no_core_dumps"]  # a collector would get one


@only_linux
def test_no_internet_socket_can_be_made_by_any_code(tmp_path: Path) -> None:
    code = """
def native():
    library = ctypes.CDLL(None, use_errno=True)
    if library.socket(2, 1, 0) < 0:
        raise OSError(ctypes.get_errno(), "")
def io_uring():
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(425, 1, None) < 0:
        raise OSError(ctypes.get_errno(), "")
go, done, seen = threading.Event(), threading.Event(), []
def early_thread():
    go.wait()
    seen.append(attempt(native))
thread = threading.Thread(target=early_thread)
thread.start()
HARDEN
go.set()
thread.join()
found = {
    "inet": attempt(lambda: socket.socket(socket.AF_INET)),
    "inet6": attempt(lambda: socket.socket(socket.AF_INET6)),
    "netlink": attempt(lambda: socket.socket(16, socket.SOCK_RAW)),
    "native": attempt(native),
    "io_uring": attempt(io_uring),
    "thread": seen[0],
    "names": attempt(lambda: socket.getaddrinfo("localhost", 80)),
    "unix": attempt(lambda: socket.socketpair()),
}
"""
    found = run_hardened("app", code, tmp_path)
    assert found.pop("unix") == 0
    assert found == dict.fromkeys(found, errno.EACCES)


@only_linux
def test_a_thread_that_can_not_be_included_is_told_of_and_the_others_are_safe(
    tmp_path: Path,
) -> None:
    """A thread with filters of its own, as a library might start one."""
    code = """
go, ready = threading.Event(), threading.Event()
def other_filters():
    ours = linux._program
    linux._program = lambda *_: [(0x06, 0, 0, 0x7FFF0000)]  # allow
    linux._ALL_THREADS = 0
    linux.refuse_internet_sockets()
    linux._program, linux._ALL_THREADS = ours, 1
    ready.set()
    go.wait()
thread = threading.Thread(target=other_filters)
thread.start()
ready.wait()
HARDEN
details = {found.key: found.detail for found in protections()}
found = [attempt(lambda: socket.socket(socket.AF_INET)), active(), details["no_internet_sockets"]]
go.set()
thread.join()
"""
    refused, active, detail = run_hardened("app", code, tmp_path)
    assert refused == errno.EACCES
    assert active == dict.fromkeys(KEYS, True) | {"no_internet_sockets": False}
    assert "Start HealthMate again" in detail


@only_linux
def test_children_start_and_inherit_the_wall(tmp_path: Path) -> None:
    code = """
HARDEN
child = "import socket; socket.socket(socket.AF_INET)"
found = [
    subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True).stdout,
    subprocess.run([sys.executable, "-c", child], capture_output=True, text=True).stderr,
]
"""
    answer, refusal = run_hardened("app", code, tmp_path)
    assert answer == "42\n"
    assert "PermissionError" in refusal


@only_linux
def test_app_files_are_private_and_children_write_none(tmp_path: Path) -> None:
    code = """
HARDEN
def write():
    with open("file", "w") as file:
        file.write("x")
wrote = attempt(write)
found = [wrote, os.stat("file").st_mode & 0o777]
"""
    assert run_hardened("app", code, tmp_path) == [0, 0o600]
    assert run_hardened("reader", code, tmp_path)[0] == errno.EFBIG
    assert run_hardened("engine", code, tmp_path)[0] == errno.EFBIG


@only_linux
def test_another_program_of_the_same_person_can_not_read_the_memory(tmp_path: Path) -> None:
    """Root may; so the files of this process belong to root, and nobody else may look."""
    code = """
before = os.stat("/proc/self/environ").st_uid, linux.memory_closed()
HARDEN
found = [before, linux.memory_closed(), os.stat(f"/proc/{os.getpid()}/mem").st_uid]
"""
    before, closed, owner = run_hardened("app", code, tmp_path)
    assert before[1] is False
    assert closed
    assert owner == 0


@only_linux
def test_a_machine_that_is_not_known_gets_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    class Machine:
        machine = "riscv64"

    monkeypatch.setattr(os, "uname", Machine)
    assert not linux.refuse_internet_sockets()


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_are_told_what_they_do_not_offer(system: str) -> None:
    found = {protection.key: protection for protection in protections(system)}
    assert list(found) == KEYS
    assert not found["no_internet_sockets"].active
    assert "Only Linux offers this" in found["no_internet_sockets"].detail
    assert not found["memory_closed_to_others"].active
    if system == "win32":
        assert "your folder's own settings" in found["private_files"].detail


@only_linux
@pytest.mark.parametrize("system", ["win32", "darwin"])
@pytest.mark.parametrize("room", ["app", "reader"])
def test_what_a_system_does_not_have_stops_no_program(
    tmp_path: Path, system: str, room: str
) -> None:
    """Told that it runs elsewhere, the process finds none of that system's libraries here."""
    code = f"""
sys.platform = {system!r}
HARDEN
found = {{protection.key: protection.active for protection in protections({system!r})}}
"""
    found = run_hardened(room, code, tmp_path)
    assert list(found) == KEYS
    assert found["socket_tripwire"]
    assert found["private_files"] == (system == "darwin")
    assert found["no_core_dumps"] == (system == "darwin")
    assert not found["memory_closed_to_others"]
    assert not found["no_internet_sockets"]


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, ("192.0.2.1", 443))),
        ("socket.bind", (None, ("127.0.0.1", 0))),
        ("socket.sendto", (None, ("192.0.2.1", 53))),
        ("socket.getaddrinfo", ("host.invalid", 80, 0, 0, 0)),
        ("socket.gethostbyname", ("host.invalid",)),
    ],
)
def test_the_tripwire_names_every_way_to_the_network(
    event: str, arguments: tuple[object, ...]
) -> None:
    with pytest.raises(PermissionError):
        process._tripwire(event, arguments)


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, "/run/user/1000/bus")),
        ("socket.bind", (None, b"\0abstract")),
        ("socket.sendmsg", (None, None)),
        ("open", ("file", "r", 0)),
    ],
)
def test_the_tripwire_lets_local_work_pass(event: str, arguments: tuple[object, ...]) -> None:
    process._tripwire(event, arguments)
