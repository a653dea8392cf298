"""Every pair of colours in use, by WCAG 2.2: 4.5 to 1 for words, 3 to 1 for marks; and the look as a whole."""

from __future__ import annotations

import re
from dataclasses import asdict, fields
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, get_args

import pytest
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QPalette

from healthmate_desktop.paths import resources_dir
from healthmate_desktop.ui import icons, stylesheet
from healthmate_desktop.ui.fonts import load_fonts
from healthmate_desktop.ui.stylesheet import apply_theme, make_stylesheet
from healthmate_desktop.ui.theme import (
    DARK,
    LIGHT,
    LIT_LINE_ON_PAPER,
    LIT_ON_PAPER,
    TEXT_SCALES,
    TYPE,
    Colours,
    Mode,
    Tone,
    active_theme,
    make_theme,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

pytestmark = pytest.mark.ui

WORDS, MARKS = 4.5, 3.0
GROUNDS = ("canvas", "sidebar", "surface", "raised", "sunken", "hover", "selected")
PAIRS = [
    *(
        (ink, ground, WORDS)
        for ink in ("text", "text_soft", "text_faint", "accent_text")
        for ground in GROUNDS
    ),
    *((ink, ground, WORDS) for ink in ("warn", "error") for ground in ("canvas", "surface")),
    *((ink, "accent_soft", WORDS) for ink in ("text", "text_soft", "accent_text")),
    *((ink, "warn_soft", WORDS) for ink in ("on_warn_soft", "text", "text_soft", "warn")),
    *((ink, "error_soft", WORDS) for ink in ("on_error_soft", "error")),
    ("on_accent", "accent", WORDS),
    ("on_accent", "accent_hover", WORDS),
    ("on_lit", "lit", WORDS),
    ("on_emergency", "emergency", WORDS),
    ("emergency", "emergency_button", WORDS),
    ("ink", "paper", WORDS),
    ("ink_soft", "paper", WORDS),
    ("lit_line", "surface", MARKS),
    ("lit_line", "canvas", MARKS),
    *(
        (edge, ground, MARKS)
        for edge in ("outline", "focus", "accent", "error")
        for ground in ("canvas", "sidebar", "surface", "sunken")
    ),
]
THEMES = [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")]


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("colours", THEMES)
@pytest.mark.parametrize(("ink", "ground", "need"), PAIRS, ids=str)
def test_words_and_edges_can_be_seen(colours: Colours, ink: str, ground: str, need: float) -> None:
    assert contrast(getattr(colours, ink), getattr(colours, ground)) >= need


@pytest.mark.parametrize("colours", THEMES)
def test_monograms_can_be_read_and_are_never_the_accent(colours: Colours) -> None:
    assert all(contrast(person, colours.on_person) >= WORDS for person in colours.people)
    assert colours.accent not in colours.people


@pytest.mark.parametrize("colours", THEMES)
def test_print_stays_readable_under_the_marker(colours: Colours) -> None:
    assert contrast(colours.ink, LIT_ON_PAPER) >= WORDS
    assert contrast(LIT_LINE_ON_PAPER, colours.paper) >= MARKS


@pytest.mark.parametrize("colours", THEMES)
def test_the_marker_is_used_for_nothing_else(colours: Colours) -> None:
    others = [value for name, value in asdict(colours).items() if name not in ("lit", "lit_line")]
    assert colours.lit not in others
    assert colours.lit_line not in others


def test_every_tone_of_words_is_a_colour() -> None:
    assert set(get_args(Tone)) <= {field.name for field in fields(Colours)}


@pytest.mark.parametrize("mode", get_args(Mode))
def test_the_style_sheet_is_filled_in(mode: Mode) -> None:
    sheet = make_stylesheet(make_theme(mode, 1.25))
    assert "$" not in sheet
    assert 'QLabel[role="body"] { font-size: 20px; font-weight: 400; }' in sheet
    assert f"background: {make_theme(mode).colours.canvas};" in sheet


def test_no_module_but_the_theme_names_a_colour() -> None:
    folder = Path(stylesheet.__file__).parent
    named = [
        path.name
        for path in folder.rglob("*.py")
        if path.name != "theme.py" and re.search(r"#[0-9A-Fa-f]{6}\b", path.read_text("utf-8"))
    ]
    assert named == []


def test_style_sheet_templates_ask_only_for_what_there_is() -> None:
    templates = [value for value in vars(stylesheet).values() if isinstance(value, Template)]
    assert len(templates) == 3
    assert all(template.is_valid() for template in templates)


def test_nothing_is_set_smaller_than_13() -> None:
    assert min(style.size for style in TYPE.values()) >= 13


@pytest.mark.parametrize("scale", TEXT_SCALES)
def test_all_text_grows_with_the_chosen_size(scale: float) -> None:
    theme = make_theme("light", scale)
    assert [theme.px(role) for role in TYPE] == [
        round(style.size * scale) for style in TYPE.values()
    ]


@pytest.mark.usefixtures("qapp")
def test_figures_line_up_in_columns() -> None:
    tag = QFont.Tag("tnum")
    theme = make_theme("light")
    assert theme.font("body", tabular=True).featureValue(tag) == 1
    assert not theme.font("body").isFeatureSet(tag)


def test_the_look_can_change_while_the_app_runs(qapp: QApplication) -> None:
    apply_theme(qapp, make_theme("dark", 1.5))
    assert active_theme().mode == "dark"
    assert qapp.palette().color(QPalette.ColorRole.Window) == active_theme().colour("canvas")
    assert qapp.font().pixelSize() == 24
    apply_theme(qapp, make_theme("light"))
    assert active_theme() == make_theme("light")


def test_before_a_look_is_chosen_it_is_light(qapp: QApplication) -> None:
    qapp.setProperty("theme", None)
    assert active_theme() == make_theme("light")


@pytest.mark.usefixtures("qapp")
def test_inter_comes_with_the_program_in_four_weights() -> None:
    load_fonts(resources_dir())
    assert {"Regular", "Medium", "SemiBold", "Bold"} <= {
        style.replace(" ", "") for style in QFontDatabase.styles("Inter")
    }
    assert QFontInfo(make_theme("light").font("heading")).family() == "Inter"


def test_the_fonts_bring_their_licence_and_stay_small() -> None:
    folder = resources_dir() / "fonts"
    assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / "OFL.txt").read_text("utf-8")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_500_000


@pytest.mark.usefixtures("qapp")
def test_a_missing_font_is_logged_and_does_not_stop_the_app(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load_fonts(tmp_path)
    assert len(caplog.records) == 4
    assert str(tmp_path) not in caplog.text


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", icons.PATHS)
def test_every_icon_draws_something_inside_its_box(name: str) -> None:
    image = icons.pixmap(name, LIGHT.text, 24, 1.0).toImage()
    painted = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 128
    ]
    assert painted
    assert all(1 <= x <= 22 and 1 <= y <= 22 for x, y in painted)
