"""Design tokens, and the palette and fonts made from them. Nothing else names a colour, a size or a font."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

Mode = Literal["light", "dark"]
Role = Literal[
    "display", "title", "heading", "body", "strong", "label", "small", "caption", "number", "call"
]
Tone = Literal[
    "text",
    "text_soft",
    "text_faint",
    "accent_text",
    "warn",
    "error",
    "emergency",
    "on_accent",
    "on_warn_soft",
    "on_error_soft",
    "on_emergency",
]
"""The colours that words and icons may have."""


@dataclass(frozen=True, slots=True)
class Colours:
    """What each colour is for; screens never ask for a hue."""

    canvas: str  # behind everything
    sidebar: str
    surface: str  # cards, lists, fields
    raised: str  # menus, read-outs, dialogs
    sunken: str  # wells, tracks, code, the area round a page
    hover: str
    selected: str  # chosen row in a list or the sidebar
    line: str  # hairlines, decoration only
    edge: str  # edges of buttons, whose words already mark them
    outline: str  # edges of fields and boxes, at least 3:1
    text: str
    text_soft: str
    text_faint: str
    disabled: str
    accent: str
    accent_hover: str
    accent_soft: str
    accent_text: str
    on_accent: str
    lit: str  # evidence, and nothing else
    lit_line: str
    on_lit: str
    warn: str
    warn_soft: str
    warn_line: str
    on_warn_soft: str
    error: str
    error_soft: str
    error_line: str
    on_error_soft: str
    emergency: str
    emergency_button: str
    on_emergency: str
    focus: str
    paper: str
    ink: str
    ink_soft: str
    people: tuple[str, ...]  # monogram grounds; never the accent
    on_person: str


LIGHT = Colours(
    canvas="#F7F8F7",
    sidebar="#EFF2F0",
    surface="#FFFFFF",
    raised="#FFFFFF",
    sunken="#EBEEEC",
    hover="#E9EDEB",
    selected="#DCE9E5",
    line="#E0E5E2",
    edge="#C5CECA",
    outline="#7F8A86",
    text="#15201D",
    text_soft="#465350",
    text_faint="#5C6865",
    disabled="#939C99",
    accent="#0B6A60",
    accent_hover="#08564E",
    accent_soft="#E0F0EC",
    accent_text="#0B6A60",
    on_accent="#FFFFFF",
    lit="#FFE48A",
    lit_line="#A87900",
    on_lit="#15201D",
    warn="#8A5300",
    warn_soft="#FFF3DC",
    warn_line="#E3BC75",
    on_warn_soft="#5F3A00",
    error="#B3261E",
    error_soft="#FDECEA",
    error_line="#E9A8A2",
    on_error_soft="#7E1A14",
    emergency="#A81C14",
    emergency_button="#FFFFFF",
    on_emergency="#FFFFFF",
    focus="#0B6A60",
    paper="#FFFFFF",
    ink="#1B1F1E",
    ink_soft="#5A6361",
    people=("#4E56A6", "#8A4B1F", "#86376F", "#4A6B1E"),
    on_person="#FFFFFF",
)

DARK = Colours(
    canvas="#121716",
    sidebar="#0E1211",
    surface="#191F1D",
    raised="#222A27",
    sunken="#0C100F",
    hover="#222A28",
    selected="#1D3430",
    line="#29322F",
    edge="#3D4845",
    outline="#74817D",
    text="#ECF1EF",
    text_soft="#B7C2BE",
    text_faint="#94A19C",
    disabled="#65706C",
    accent="#5FC9BA",
    accent_hover="#7DD9CC",
    accent_soft="#17322D",
    accent_text="#6FD3C5",
    on_accent="#04211D",
    lit="#5E4C0C",
    lit_line="#E3BD4A",
    on_lit="#FFF4CF",
    warn="#F0BE68",
    warn_soft="#2E2413",
    warn_line="#6B5226",
    on_warn_soft="#F8DDAE",
    error="#FF9C92",
    error_soft="#331A18",
    error_line="#7A3A34",
    on_error_soft="#FFD3CE",
    emergency="#B8261D",
    emergency_button="#FFFFFF",
    on_emergency="#FFFFFF",
    focus="#8FE3D6",
    paper="#F1F1EC",
    ink="#1B1F1E",
    ink_soft="#565F5C",
    people=("#A8B2FF", "#E3A878", "#E39ACD", "#B5CF86"),
    on_person="#101514",
)

# Pages keep their own paper in both themes, and so does the marker on them.
LIT_ON_PAPER = "#FFE07A"
LIT_LINE_ON_PAPER = "#A87900"

TEXT_SCALES = (1.0, 1.125, 1.25, 1.5)


class Space:
    """Distances on a 4-point grid."""

    XXS, XS, S, M, L, XL, XXL, HUGE = 2, 4, 8, 12, 16, 24, 32, 48


class Radius:
    """Marker, control, card, bubble."""

    MARK, CONTROL, CARD, PANEL = 4, 8, 12, 16


class Size:
    """Heights and widths that have a name. Nothing that is pressed is smaller than `CONTROL_SMALL`."""

    CONTROL, CONTROL_SMALL, CONTROL_TALL, NAV_ITEM, ROW = 40, 32, 52, 40, 56
    SIDEBAR, READING_WIDTH, PAGE_WIDTH = 232, 680, 1280
    ICON, ICON_SMALL = 20, 16


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """Size in pixels at scale 1, line height of wrapped text and letter spacing in per cent."""

    size: int
    weight: int
    line: int
    spacing: float = 100


TYPE: dict[Role, TypeStyle] = {
    "display": TypeStyle(30, 600, 120, 97.5),
    "title": TypeStyle(24, 600, 125, 98),
    "heading": TypeStyle(18, 600, 130, 99),
    "body": TypeStyle(16, 400, 145),
    "strong": TypeStyle(16, 600, 145),
    "label": TypeStyle(15, 500, 135),
    "small": TypeStyle(14, 400, 140),
    "caption": TypeStyle(13, 500, 135),
    "number": TypeStyle(28, 600, 110, 97),
    "call": TypeStyle(52, 700, 100, 97),
}
NATURAL_LINE = 1.21  # of the face itself; the percentage of a style is divided by it
FAMILY, FALLBACKS = "Inter", ("Noto Sans", "Segoe UI", "Helvetica Neue", "sans-serif")


@dataclass(frozen=True, slots=True)
class Theme:
    """One look: colours and how large the text is (one of `TEXT_SCALES`)."""

    mode: Mode
    colours: Colours
    text_scale: float = 1.0

    def px(self, role: Role) -> int:
        return round(TYPE[role].size * self.text_scale)

    def hex(self, name: str) -> str:
        """A colour of `Colours` by its field name."""
        return str(getattr(self.colours, name))

    def colour(self, name: str) -> QColor:
        return QColor(self.hex(name))

    def person(self, index: int) -> QColor:
        return QColor(self.colours.people[index % len(self.colours.people)])

    def font(self, role: Role, *, tabular: bool = False) -> QFont:
        font = QFont([FAMILY, *FALLBACKS])
        font.setPixelSize(self.px(role))
        font.setWeight(QFont.Weight(TYPE[role].weight))
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, TYPE[role].spacing)
        if tabular:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font


def make_theme(mode: Mode, text_scale: float = 1.0) -> Theme:
    return Theme(mode, DARK if mode == "dark" else LIGHT, text_scale)


def make_palette(theme: Theme) -> QPalette:
    """What a style sheet does not reach: native dialogs, selections, tool tips, disabled text."""
    role = QPalette.ColorRole
    pairs = {
        role.Window: "canvas",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "sunken",
        role.Text: "text",
        role.PlaceholderText: "text_faint",
        role.Button: "surface",
        role.ButtonText: "text",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.Link: "accent_text",
        role.Accent: "accent",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.Mid: "line",
        role.Dark: "outline",
    }
    palette = QPalette()
    for palette_role, name in pairs.items():
        palette.setColor(palette_role, theme.colour(name))
    for palette_role in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, palette_role, theme.colour("disabled"))
    return palette


def active_theme() -> Theme:
    """For widgets that paint themselves: read it while painting, never keep it."""
    app = QApplication.instance()
    theme = app.property("theme") if app else None
    return theme if isinstance(theme, Theme) else make_theme("light")
