from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from healthmate_desktop.security import process
from healthmate_desktop.security.process import protections

pytestmark = pytest.mark.security
ROOT = Path(__file__).resolve().parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="seccomp and prctl are Linux")


def run_hardened(room: str, code: str, folder: Path) -> Any:
    """Run `code` after `harden(room)` in a process of its own; it leaves what it found in `found`."""
    program = (
        "import ctypes, json, os, socket, subprocess, sys, threading\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from healthmate_desktop.security.process import harden, protections\n"
        "def attempt(what):\n"
        "    try:\n"
        "        what()\n"
        "    except OSError as error:\n"
        "        return error.errno\n"
        "    return 0\n"
        f"{code}"
        "print(json.dumps(found))\n"
    ).replace("HARDEN", f"harden({room!r})")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_plain_process_claims_no_protection() -> None:
    found = protections()
    assert set(found) == {
        "private_files",
        "no_core_dumps",
        "memory_closed_to_others",
        "no_internet_sockets",
        "socket_tripwire",
    }
    assert not found["no_internet_sockets"]
    assert not found["socket_tripwire"]


@linux
@pytest.mark.parametrize("room", ["app", "engine", "reader"])
def test_every_room_is_protected_in_every_way(room: str, tmp_path: Path) -> None:
    found = run_hardened(room, "HARDEN\nHARDEN\nfound = protections()\n", tmp_path)
    assert found == dict.fromkeys(found, True)


@linux
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


@linux
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


@linux
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


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, ("192.0.2.1", 443))),
        ("socket.bind", (None, ("127.0.0.1", 0))),
        ("socket.sendto", (None, ("192.0.2.1", 53))),
        ("socket.getaddrinfo", ("host.invalid", 80, 0, 0, 0)),
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
