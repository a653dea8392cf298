"""The one style sheet, made from the tokens. Widgets choose a look with the properties `role`, `tone` and `kind`."""

from __future__ import annotations

from dataclasses import asdict
from string import Template
from typing import TYPE_CHECKING, get_args

from healthmate_desktop.ui.theme import TYPE, Radius, Size, Theme, Tone, make_palette

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_BASE = Template("""
* { outline: none; }
QWidget { color: $text; }
QMainWindow, QDialog, QWidget[kind="canvas"] { background: $canvas; }
QScrollArea, QScrollArea > QWidget > QWidget[kind="clear"] { background: transparent; border: none; }
QToolTip { background: $raised; color: $text; border: 1px solid $outline; padding: 6px 8px; }

QFrame[kind="row"] { background: transparent; border: none; }
QFrame[kind="card"] { background: $surface; border: 1px solid $line; border-radius: ${card}px; }
QFrame[kind="floating"] {
    background: $raised; border: 1px solid $outline; border-radius: ${card}px; }
QFrame[kind="panel"] { background: $surface; border: none; border-left: 1px solid $line; }
QFrame[kind="side"] { background: $surface; border: none; border-right: 1px solid $line; }
QFrame[kind="desk"] { background: $sunken; border: none; }
QFrame[kind="sidebar"] { background: $sidebar; border: none; border-right: 1px solid $line; }
QFrame[kind="footer"] { background: $surface; border: none; border-top: 1px solid $line; }
QFrame[kind="toolbar"] { background: $surface; border: none; border-bottom: 1px solid $line; }
QFrame[kind="rule"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[kind="bubble"] { background: $accent_soft; border: none; border-radius: ${panel}px; }

QFrame[kind="banner-info"] { background: $accent_soft; border: none; border-radius: ${card}px; }
QFrame[kind="banner-warn"] {
    background: $warn_soft; border: 1px solid $warn_line; border-radius: ${card}px; }
QFrame[kind="banner-error"] {
    background: $error_soft; border: 1px solid $error_line; border-radius: ${card}px; }
QFrame[kind="banner-emergency"] { background: $emergency; border: none; border-radius: ${card}px; }
QFrame[kind="call"] { background: $emergency_button; border: none; border-radius: ${control}px; }

QLabel[role="tag"] {
    background: $hover; color: $text_soft; border-radius: 6px; padding: 2px 8px; }
QLabel[role="tag"][tone="accent"] { background: $accent_soft; color: $accent_text; }
QLabel[role="tag"][tone="warn"] { background: $warn_soft; color: $on_warn_soft; }
QLabel[role="tag"][tone="error"] { background: $error_soft; color: $on_error_soft; }
QLabel[role="key"] {
    color: $text_faint; border: 1px solid $line; border-radius: 5px; padding: 1px 6px; }
""")

_BUTTONS = Template("""
QPushButton { min-height: ${inner}px; padding: 0 16px; border-radius: ${control}px;
    border: 1px solid $edge; background: $surface; color: $text;
    font-weight: 500; font-size: ${label}px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $selected; }
QPushButton:disabled { color: $disabled; border-color: $line; background: $canvas; }

QPushButton[kind="primary"] {
    background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:pressed {
    background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:disabled {
    background: $sunken; color: $disabled; border-color: $sunken; }

QPushButton[kind="danger"] { color: $error; border-color: $error_line; }
QPushButton[kind="danger"]:hover, QPushButton[kind="danger"]:pressed { background: $error_soft; }
QPushButton[kind="danger"]:disabled { color: $disabled; border-color: $line; }

QPushButton[kind="quiet"], QPushButton[kind="plain"] {
    background: transparent; border-color: transparent; padding: 0 10px; }
QPushButton[kind="quiet"] { color: $accent_text; }
QPushButton[kind="plain"] { color: $text_soft; }
QPushButton[kind="quiet"]:hover, QPushButton[kind="plain"]:hover { background: $hover; }
QPushButton[kind="plain"]:hover { color: $text; }
QPushButton[kind="quiet"]:pressed, QPushButton[kind="plain"]:pressed { background: $selected; }
QPushButton[kind="quiet"]:disabled, QPushButton[kind="plain"]:disabled {
    color: $disabled; background: transparent; border-color: transparent; }

QPushButton[small="true"] {
    min-height: ${inner_small}px; padding: 0 12px; font-size: ${small}px; }
QPushButton[kind="quiet"][small="true"], QPushButton[kind="plain"][small="true"] {
    padding: 0 8px; }
QPushButton[tall="true"] { min-height: ${inner_tall}px; padding: 0 20px; font-size: ${body}px; }
QPushButton[flush="true"], QPushButton[flush="true"][small="true"] { padding: 0; }
QPushButton[flush="true"]:hover { background: transparent; text-decoration: underline; }

QPushButton[kind="chip"] { min-height: ${inner_small}px; border-radius: 16px; padding: 0 14px;
    color: $text_soft; font-size: ${small}px; }
QPushButton[kind="chip"]:hover { color: $text; }
QPushButton[kind="chip"]:checked {
    background: $accent_soft; color: $accent_text; border-color: $accent; font-weight: 600; }

QFrame[kind="segments"] { background: $sunken; border-radius: ${control}px; border: none; }
QPushButton[kind="segment"] { min-height: ${inner_small}px; border: 1px solid transparent;
    border-radius: 6px; padding: 0 12px; background: transparent; color: $text_soft;
    font-size: ${small}px; }
QPushButton[kind="segment"]:hover { color: $text; }
QPushButton[kind="segment"]:checked {
    background: $surface; color: $text; border-color: $edge; font-weight: 600; }
QPushButton[kind="segment"]:disabled { color: $disabled; }

QPushButton[kind="row"] { background: transparent; border: none; border-radius: ${control}px;
    padding: 0; min-height: 0; text-align: left; }
QPushButton[kind="row"]:hover { background: $hover; }
QPushButton[kind="row"]:checked, QPushButton[kind="row"]:pressed { background: $selected; }
""")

_FIELDS = Template("""
QLineEdit, QPlainTextEdit { background: $surface; color: $text; border: 1px solid $outline;
    border-radius: ${control}px; padding: 0 12px; min-height: ${inner}px; font-size: ${body}px;
    selection-background-color: $accent; selection-color: $on_accent; }
QPlainTextEdit { padding: 8px 6px; }
QLineEdit:hover, QPlainTextEdit:hover { border-color: $text_soft; }
QLineEdit:focus { border: 2px solid $focus; padding: 0 11px; }
QPlainTextEdit:focus { border: 2px solid $focus; padding: 7px 5px; }
QLineEdit:disabled { background: $sunken; color: $disabled; border-color: $line; }
QLineEdit[state="error"] { border: 2px solid $error; padding: 0 11px; }
QLineEdit[kind="bare"], QLineEdit[kind="bare"]:focus {
    border: none; background: transparent; padding: 0; }
QFrame[kind="field"] {
    background: $surface; border: 1px solid $outline; border-radius: ${control}px; }
QFrame[kind="field"]:hover { border-color: $text_soft; }
QFrame[kind="field"][active="true"] { border: 2px solid $focus; }
QTextBrowser { background: transparent; border: none; color: $text; font-size: ${body}px;
    selection-background-color: $accent; selection-color: $on_accent; }

QProgressBar {
    background: $sunken; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle {
    background: $edge; border-radius: 3px; margin: 3px; min-height: 40px; min-width: 40px; }
QScrollBar::handle:hover { background: $outline; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
    background: none; border: none; height: 0; width: 0; }
QAbstractScrollArea::corner { background: transparent; border: none; }

QMenu { background: $raised; border: 1px solid $outline; border-radius: ${control}px;
    padding: 6px; font-size: ${label}px; }
QMenu::item { padding: 8px 16px; border-radius: 6px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 6px 8px; }
""")


def make_stylesheet(theme: Theme) -> str:
    colours = asdict(theme.colours)
    values: dict[str, object] = {n: v for n, v in colours.items() if isinstance(v, str)}
    values |= {role: theme.px(role) for role in TYPE}
    values |= {"control": Radius.CONTROL, "card": Radius.CARD, "panel": Radius.PANEL}
    values |= {  # a border of 1 goes round each of them
        "inner": Size.CONTROL - 2,
        "inner_small": Size.CONTROL_SMALL - 2,
        "inner_tall": Size.CONTROL_TALL - 2,
    }
    rules = [
        f'QLabel[role="{role}"] {{ font-size: {theme.px(role)}px; font-weight: {style.weight}; }}'
        for role, style in TYPE.items()
    ]
    rules += [f'QLabel[tone="{tone}"] {{ color: {theme.hex(tone)}; }}' for tone in get_args(Tone)]
    rules += [
        f'QLabel[role="{role}"] {{ font-size: {theme.px("caption")}px; font-weight: 500; }}'
        for role in ("tag", "key")
    ]
    sheets = (_BASE, _BUTTONS, _FIELDS)
    return "\n".join((*rules, *(sheet.substitute(values) for sheet in sheets)))


# For the arguments of the QApplication: on every system the style that the sheet is made for. Named there because
# setStyle would load everything about styles before the first window.
STYLE_ARGUMENTS = ("-style", "fusion")


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Change the look of the running app; widgets that paint themselves see it at their next paint."""
    app.setProperty("theme", theme)
    app.setFont(theme.font("body"))
    app.setPalette(make_palette(theme))
    app.setStyleSheet(make_stylesheet(theme))
