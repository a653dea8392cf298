"""Nothing leaves this computer: the system is asked what the processes tried. SECURITY 5.3 N1 and N2, 5.4 P2."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from processes import Ran, Shell

from journeys.conftest import a_pdf

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.security,
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="strace and namespaces are Linux"),
]

QUESTION = "What was the ferritin result?"
CALLS = "network,openat,open,creat,mkdir,rename,link,symlink,memfd_create,mknod"
MAKES_A_FILE = re.compile(r'(?:openat|open)\([^"]*"([^"]+)", [^)]*O_CREAT|creat\("([^"]+)"')


def import_and_ask(shell: Shell, *under: str) -> tuple[Ran, Ran]:
    desk = shell.folder / "desk"
    desk.mkdir()
    (desk / "letter.pdf").write_bytes(a_pdf("The ferritin result was 9 ug/L on 3 March."))
    assert shell.run("person", "add", "Rosa").code == 0
    return shell.run("import", desk, under=under), shell.run("ask", QUESTION, under=under)


def check_answer(imported: Ran, asked: Ran) -> None:
    assert [file["status"] for file in imported.json["files"]] == ["proposed"]
    assert asked.json["answer"]["sentences"][0]["text"].startswith("The ferritin result was 9")


@dataclass(frozen=True)
class Watched:
    shell: Shell
    calls: list[str]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, starter_library: Path) -> Watched:
    """Import and ask, with every call of every process written down."""
    if not can_run("strace", "-o", "/dev/null", "true"):
        pytest.skip("strace is not installed or may not trace here")
    shell = Shell(tmp_path_factory.mktemp("watched")).make()
    make_vault(shell, starter_library)
    log = shell.folder / "calls"
    strace = ("strace", "-f", "--seccomp-bpf", "-A", "-o", str(log), "-e", f"trace={CALLS}")
    check_answer(*import_and_ask(shell, *strace))
    return Watched(shell, log.read_text(encoding="utf-8", errors="replace").splitlines())


def make_vault(shell: Shell, starter_library: Path) -> None:
    from processes import PASSPHRASE

    from healthmate_desktop.composition import create_vault
    from healthmate_desktop.paths import Paths
    from healthmate_desktop.security.kdf import FLOOR

    create_vault(Paths(shell.data), PASSPHRASE, cost=FLOOR)
    shutil.copytree(starter_library, shell.data / "library")


def can_run(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    return done.returncode == 0


def test_calls_of_children_are_written_down_too(watched: Watched) -> None:
    """Else there would be nothing to see."""
    rooms = [call for call in watched.calls if "healthmate_desktop/documents/child" in call]
    assert rooms
    assert any("onnxruntime" in call for call in watched.calls)
    assert len({call.split()[0] for call in watched.calls}) > 2


def test_no_process_tries_the_network(watched: Watched) -> None:
    tries = [call for call in watched.calls if "AF_INET" in call or "AF_NETLINK" in call]
    assert tries == []


def test_no_process_asks_for_a_name(watched: Watched) -> None:
    names = ("/etc/resolv.conf", "/etc/hosts", "nscd/socket", "resolve/io.systemd", "libnss_dns")
    assert [call for call in watched.calls if any(name in call for name in names)] == []


def test_files_are_made_in_the_data_folder_and_for_the_anchor_alone(watched: Watched) -> None:
    anchors = watched.shell.home / "state" / "HealthMate" / "anchors"
    places = (str(watched.shell.data), str(anchors), "/dev/null")
    made = {
        path
        for call in watched.calls
        if (match := MAKES_A_FILE.search(call)) and not failed(call)
        for path in match.groups()
        if path
    }
    assert any("originals" in path for path in made)
    assert {path for path in made if not path.startswith(places) and not is_ours(path)} == set()


def failed(call: str) -> bool:
    return " = -1 " in call


def is_ours(path: str) -> bool:
    """What Python and coverage keep of the program itself: no person's words can be in it."""
    coverage = os.environ.get("COVERAGE_FILE", "/.coverage")
    return "__pycache__" in path or coverage in path


def test_everything_works_where_there_is_no_network(shell: Shell) -> None:
    if not can_run("unshare", "-rn", "true"):
        pytest.skip("this computer allows no network namespaces")
    under = ("unshare", "-rn")
    check_answer(*import_and_ask(shell, *under))


def test_one_connection_would_be_seen(tmp_path: Path) -> None:
    """The positive control."""
    if not can_run("strace", "-o", "/dev/null", "true"):
        pytest.skip("strace is not installed or may not trace here")
    code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
    log = tmp_path / "calls"
    subprocess.run(
        ["strace", "-f", "-o", str(log), "-e", f"trace={CALLS}", sys.executable, "-c", code],
        check=True,
        timeout=60,
    )
    assert "AF_INET" in log.read_text(encoding="utf-8")
