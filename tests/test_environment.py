"""What the environment may tell this program and its libraries, tried in processes of their own."""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
from pathlib import Path

import pytest

from healthmate_desktop.environment import DROPPED, FIXED, fixed

pytestmark = [pytest.mark.security, pytest.mark.integration]

ROOT = Path(__file__).resolve().parents[1]
CODE = """
import faulthandler, json, os, sys
sys.path.insert(0, sys.argv[1])
from healthmate_desktop.environment import fix_environment
fix_environment()
print(json.dumps([dict(os.environ), sys.path, faulthandler.is_enabled()]))
"""


def fix(*options: str, **environment: str) -> tuple[dict[str, str], list[str], bool]:
    done = subprocess.run(
        [sys.executable, *options, "-c", CODE, str(ROOT)],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        check=True,
    )
    known, paths, crash_stacks = json.loads(done.stdout)
    return known, paths, crash_stacks


def test_no_library_is_told_of_a_proxy_or_to_talk() -> None:
    loud = dict.fromkeys(DROPPED - {"LD_DEBUG_OUTPUT", "LD_DEBUG", "PYTHONVERBOSE"}, "1")
    proxies = dict.fromkeys(("HTTP_PROXY", "https_proxy", "All_Proxy", "NO_PROXY"), "proxy.invalid")
    known, _, crash_stacks = fix(**loud, **proxies, HF_HUB_OFFLINE="0", KEPT="yes")
    assert not known.keys() & (loud.keys() | proxies.keys())
    assert FIXED.items() <= known.items()
    assert known["KEPT"] == "yes"
    assert not crash_stacks


def test_stacks_of_a_crash_are_not_written_to_the_terminal() -> None:
    assert not fix("-X", "faulthandler")[2]


def test_what_is_fixed_for_a_child_holds_over_what_was_set() -> None:
    known = fixed({"hf_proxy": "x", "DO_NOT_TRACK": "0", "RUST_LOG": "trace", "HOME": "h"})
    assert known == {"HOME": "h", **FIXED}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such folder")
def test_temporary_files_are_in_memory_where_the_system_has_a_place(tmp_path: Path) -> None:
    assert fix(XDG_RUNTIME_DIR=str(tmp_path))[0]["TMPDIR"] == str(tmp_path)
    assert fix(XDG_RUNTIME_DIR=str(tmp_path), TMPDIR="/chosen")[0]["TMPDIR"] == "/chosen"
    for unfit in ("", "relative", str(tmp_path / "missing")):
        assert "TMPDIR" not in fix(XDG_RUNTIME_DIR=unfit)[0]


def test_packages_in_somebodys_home_are_not_ours(tmp_path: Path) -> None:
    """Unless Python leaves them out anyhow, as in an environment of its own."""
    base = Path(sys.base_prefix) / "bin" / "python3"
    where = "import site; site.ENABLE_USER_SITE = True; print(site.getusersitepackages())"
    home = {"PYTHONUSERBASE": str(tmp_path), "PATH": os.environ["PATH"]}
    place = subprocess.check_output([base, "-c", where], env=home, text=True).strip()
    Path(place).mkdir(parents=True)
    done = subprocess.run(
        [base, "-c", f"import sys; assert {place!r} in sys.path\n{CODE}", str(ROOT)],
        env=home,
        capture_output=True,
        check=True,
    )
    assert place not in json.loads(done.stdout)[1]
    assert site.USER_SITE not in fix()[1]
