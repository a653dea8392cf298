"""Settings: harmless, kept whole, and never a reason not to start."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from healthmate_desktop.settings import TEXT_SCALES, Settings, load_settings, save_settings

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.unit

CHOSEN = Settings(1, "dark", 1.25, "GB", "Clinic desk 2", "some.gguf")
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["version", "theme", "text_scale", "country", "vault_label", "weights"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_settings_come_back_as_they_were_saved(file: Path) -> None:
    save_settings(file, CHOSEN)
    assert load_settings(file) == CHOSEN


def test_saving_makes_the_folder_and_leaves_one_file(file: Path) -> None:
    deep = file.parent / "a" / "b" / file.name
    save_settings(deep, CHOSEN)
    save_settings(deep, Settings())
    assert [path.name for path in deep.parent.iterdir()] == [file.name]
    assert load_settings(deep) == Settings()


def test_missing_file_gives_the_defaults(file: Path) -> None:
    assert load_settings(file) == Settings()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[1, 2]",
        b'"text"',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"theme": "dark"',
        os.urandom(500),
    ],
    ids=lambda content: repr(content[:12]),
)
def test_damaged_file_gives_the_defaults(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert load_settings(file) == Settings()


def test_folder_in_place_of_the_file_gives_the_defaults(file: Path) -> None:
    file.mkdir()
    assert load_settings(file) == Settings()


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"theme": "purple"}, Settings()),
        ({"theme": 3}, Settings()),
        ({"text_scale": 9.0}, Settings()),
        ({"text_scale": True}, Settings()),
        ({"text_scale": "1.25"}, Settings()),
        ({"country": None}, Settings()),
        ({"weights": ["a"]}, Settings()),
        ({"theme": "dark", "text_scale": 7}, Settings(theme="dark")),
        ({"theme": "light", "unknown": 1}, Settings(theme="light")),
        ({"version": 99, "country": "DE"}, Settings(country="DE")),
    ],
)
def test_foreign_value_falls_back_and_the_others_stay(
    file: Path, stored: dict[str, Any], expected: Settings
) -> None:
    file.write_text(json.dumps(stored), encoding="utf-8")
    assert load_settings(file) == expected


def test_whole_number_is_a_scale_too(file: Path) -> None:
    file.write_text('{"text_scale": 1}', encoding="utf-8")
    scale = load_settings(file).text_scale
    assert (scale, type(scale)) == (1.0, float)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stored=st.dictionaries(NAMES, JSON_VALUES))
def test_whatever_is_stored_gives_settings_that_can_be_used(
    file: Path, stored: dict[str, Any]
) -> None:
    file.write_text(json.dumps(stored), encoding="utf-8")
    found = load_settings(file)
    assert found.theme in {"system", "light", "dark"}
    assert found.text_scale in TEXT_SCALES
    assert all(isinstance(v, str) for v in (found.country, found.vault_label, found.weights))


def test_draft_that_a_power_cut_left_is_not_read(file: Path) -> None:
    save_settings(file, CHOSEN)
    file.with_suffix(".new").write_text('{"theme": "li', encoding="utf-8")
    assert load_settings(file) == CHOSEN
    save_settings(file, Settings())
    assert load_settings(file) == Settings()
