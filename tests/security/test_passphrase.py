from __future__ import annotations

import pytest

from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.security.passphrase import check_passphrase

pytestmark = pytest.mark.security


@pytest.mark.parametrize(
    "passphrase",
    [
        "seven green kettles",
        "mijn opa had twee ezels",
        "\u6211\u5976\u5976\u6709\u4e24\u53ea\u4f1a\u5531\u6b4c\u7684\u8001\u732b",
        "x7Kq-p2Vw-9mRz",
        "839201748392",
        "My doctor hates purple kites",
    ],
)
def test_long_unusual_passphrases_are_taken(passphrase: str) -> None:
    check_passphrase(passphrase)


@pytest.mark.parametrize("passphrase", ["", "short", "elevenchars", "e\u0301" * 11])
def test_short_passphrases_are_refused_with_the_length_wanted(passphrase: str) -> None:
    with pytest.raises(InvalidInput, match="at least 12 characters"):
        check_passphrase(passphrase)


@pytest.mark.parametrize(
    "passphrase",
    [
        "            ",
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "password1234",
        "P@ssw0rd2024!",
        "passwordpassword",
        "123456789012",
        "987654321098",
        "qwertyuiopasdf",
        "HealthMate2025!",
        "healthmate vault",
        "correct horse battery staple",
        "Summer-Winter-2023",
    ],
)
def test_what_is_tried_first_is_refused(passphrase: str) -> None:
    with pytest.raises(InvalidInput, match="tried first"):
        check_passphrase(passphrase)
