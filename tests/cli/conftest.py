"""What most commands need: a vault that is quick to unlock, and a person in it."""

from __future__ import annotations

import pytest
from processes import PASSPHRASE, Shell

from healthmate_desktop.composition import create_vault
from healthmate_desktop.paths import Paths
from healthmate_desktop.security.kdf import FLOOR


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Rosa's computer."""
    shell = Shell(tmp_path_factory.mktemp("cli")).make()
    create_vault(Paths(shell.data), PASSPHRASE, cost=FLOOR)
    assert shell.run("person", "add", "Rosa Harlow").code == 0
    return shell
