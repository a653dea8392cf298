"""Names of tests compared without accents, marks, order of words and words that change nothing."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.measures.printed_units import printed_unit
from healthmate_desktop.domain.measures.wordlists import spread, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Specimen = Literal[
    "",
    "blood",
    "serum",
    "urine",
    "urine24",
    "csf",
    "stool",
    "art",
    "ven",
    "cap",
    "bld",
    "other",
    "body",
    "resp",
]
Kind = Literal["", "count", "percent"]

LONGEST = 120  # characters of a name
_SHORTEST_GUESS = 5  # letters of a name of which one may be wrong

_SPECIMENS: dict[str, Specimen] = spread(
    {
        "blood": "blood|sangre|sang|blut|bld|sanguin|sanguine",
        "serum": "serum|plasma|suero|serico|serica|serique|plasmatico|plasmatique|ser|plas|sp|serpl",
        "urine": "urine|urinary|orina|urinario|urinaria|urinaire|urinaires|urin|ur|urines|harn|u",
        "urine24": "24h",
        "csf": "csf|liquor|lcr|cerebrospinal",
        "stool": "stool|feces|faeces|fecal|faecal|heces|selles|stuhl|fecale|fecales",
        "art": "arterial|art|abg|arterielle|arteriel|arteriell",
        "ven": "venous|ven|vbg|venoso|venosa|veineux|venos",
        "cap": "capillary|capilar|capillaire|kapillar|fingerstick",
        "other": "saliva|speichel|salivaire|sweat|fluid|synovial|pleural|ascites|peritoneal|semen|sputum",
    }
)
_PREFIXES: dict[str, Specimen] = spread(
    {
        "serum": "S|P|fS|fP",
        "blood": "B|fB",
        "urine": "U",
        "urine24": "dU",
        "art": "aB",
        "ven": "vB",
        "cap": "cB",
        "stool": "F",
        "csf": "CSF|Csf",
    }
)
_KINDS: dict[str, Kind] = spread(
    {
        "count": "absolute|abs|absoluto|absolutos|absoluta|absolu|absolus|absolue|absolut|absolutwert|#",
        "percent": "percent|pct|relative|relativ|relativo|relativos|porcentaje|pourcentage|prozent|%",
    }
)
_EMPTY = words(
    "of|in|the|de|del|la|el|los|las|le|les|du|des|en|im|der|die|das|by|for|and|y|et|und|au|aux|"
    "par|mit|ngsp|ifcc|dcct|level|levels|result|test|measured|measurement|calculated|calc|"
    "calculation|quantitative|quant|qn|automated|auto|random|spot|assay|method|hplc|enzymatic|"
    "colorimetric|jaffe|idms|nephelometry|eclia|clia|elisa|immunoassay|value|nivel|niveles|"
    "valor|taux|dosage|wert|calculado|calculada|berechnet|calcule|estimated|dosis|enzimatico|"
    "metodo|methode|enzymatique|sitting|standing|supine|oral|axillary|tympanic|resting|"
    "reported|patient|your"
)
_GREEK = str.maketrans(
    {
        "\u03b1": "alpha",
        "β": "beta",
        "\u03b3": "gamma",
        "ß": "ss",
        "œ": "oe",
        "æ": "ae",
        "º": "",
        "ª": "",
        "°": "",
    }
)
_TOKEN = re.compile(r"[a-z]+|\d+|[/%#]")
_LEAD = re.compile(r"^(?:[*•▪·●○◦\-\u2013>»]+|\d{4,}|\d{1,2}[.)])\s*")
_PREFIX = re.compile(
    r"(" + "|".join(sorted(_PREFIXES, key=len, reverse=True)) + r")[-\u2013](?=[A-Z\u00c0-\u00dd])"
)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_IGNORED = re.compile(
    r"[\d\s.,;:<>=/\u2013-]*|[A-Z]{0,3}\d{3,}|\d+[A-Z]{0,2}|see note|note \d+|[a-z\d*]"
)
_LOOKALIKES = str.maketrans("01!|i5", "ollll" + "s")

_LONGEST_MISREAD = 6  # characters in brackets that are a unit, if misread

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameHint:
    """What a name can mean: one analyte, or several of which unit and specimen have to choose."""

    analytes: tuple[str, ...]
    specimen: Specimen = ""
    kind: Kind = ""
    guessed: bool = False
    spelled: str = ""  # the name that a guess took it for


class NameBook:
    """All names of all analytes."""

    def __init__(self, synonyms: Mapping[str, Iterable[str]]) -> None:
        self._keys: dict[Key, list[str]] = defaultdict(list)
        self._spelled: dict[str, set[str]] = defaultdict(set)
        self._printed: dict[str, str] = {}
        for analyte, names in synonyms.items():
            for name in names:
                tokens = _tokens(name)
                for key in {_key(tokens), _key(_without(tokens, _EMPTY)) or _key(tokens)}:
                    if analyte not in self._keys[key]:
                        self._keys[key].append(analyte)
                self._spelled["".join(tokens)].add(analyte)
                self._printed.setdefault("".join(tokens), name)

    def find(self, name: str, *, guess: bool = False) -> NameHint | None:
        name = _LEAD.sub("", " ".join(name.split())).strip(" :.,;*-")
        if not name or len(name) > LONGEST:
            return None
        prefix = _PREFIX.match(name)
        if prefix is not None:
            found = self._whole(name) or self._whole(name[prefix.end() :], _PREFIXES[prefix[1]])
        else:
            found = self._whole(name)
        return found or (self._guessed(name) if guess else None)

    def has_word(self, word: str) -> bool:
        return any(token in self._words for token in _tokens(word))

    @cached_property
    def _words(self) -> set[str]:
        return {token for key in self._keys for token in key}

    def spelling(self, name: str) -> str:
        """As it is written properly, if only accents are missing."""
        known = self._printed.get("".join(_tokens(name)), "")
        plain = unicodedata.normalize("NFKD", known).encode("ascii", "ignore").decode().casefold()
        ours = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
        same = not known.isascii() and plain == ours
        return known if same else name

    def _whole(self, name: str, specimen: Specimen = "") -> NameHint | None:
        found = self._lookup(_tokens(name), NameHint((), specimen))
        return found or self._without_brackets(name, specimen) or self._alternatives(name, specimen)

    def _lookup(self, tokens: list[str], hint: NameHint) -> NameHint | None:
        """With all words; then without those that change nothing, that name a specimen, that name a kind."""
        for each in _reduced(tokens, hint):
            if analytes := self._keys.get(_key(each[0])):
                specimen = each[1].specimen or _told_by(tokens)
                return replace(each[1], analytes=tuple(analytes), specimen=specimen)
        return None

    def _without_brackets(self, name: str, specimen: Specimen) -> NameHint | None:
        inner = _BRACKETS.findall(name)
        outer = " ".join(_BRACKETS.sub(" ", name).split()).strip(" ,;:-")
        if not inner or not outer or outer == name:
            return None
        found = self._whole(outer, specimen)
        if found is None:
            return None
        for text in inner:
            agreed = self._agreed(found, text.strip())
            if agreed is None:
                return None
            found = agreed
        return found

    def _agreed(self, found: NameHint, text: str) -> NameHint | None:
        """`found`, narrowed by what stands in brackets; None where that may change the meaning."""
        if (
            _IGNORED.fullmatch(text)
            or printed_unit(text).codes
            or re.search(r"\d\s*[-\u2013]\s*\d|[<>]\s?\d", text)
        ):
            return replace(found, kind="percent") if text == "%" else found
        if "/" in text and len(text) <= _LONGEST_MISREAD:
            return found
        same = self._whole(text)
        if same is not None:
            both = tuple(each for each in found.analytes if each in same.analytes)
            return replace(found, analytes=both) if both else None
        for left, hint in _reduced(_tokens(text), found):
            if not left:
                return hint
        return None

    def _alternatives(self, name: str, specimen: Specimen) -> NameHint | None:
        """Two names of the same: ALT/GPT, "Leukocytes - WBC", "AST, SGOT"."""
        for mark in ("/", " - ", ",", "|", " o ", " or "):
            parts = [part for part in name.split(mark) if part.strip()]
            if not 2 <= len(parts) <= 3:
                continue
            hints = [self._lookup(_tokens(part), NameHint((), specimen)) for part in parts]
            if all(hints):
                common = set.intersection(*(set(hint.analytes) for hint in hints if hint))
                if common:
                    return NameHint(tuple(sorted(common)), specimen)
        return None

    def _guessed(self, name: str) -> NameHint | None:
        """A name in which letters look alike, or one letter is wrong, if only one analyte has such a name."""
        if not all(_IGNORED.fullmatch(text.strip()) for text in _BRACKETS.findall(name)):
            return None
        spelled = "".join(_tokens(_BRACKETS.sub(" ", name)))
        if len(spelled) < 3:
            return None
        alike = self._alike.get(_shape(spelled), [])
        if not alike and len(spelled) >= _SHORTEST_GUESS:
            alike = [
                near
                for shorter in {spelled, *_shorter(spelled)}
                for near in self._near.get(shorter, ())
                if abs(len(near) - len(spelled)) <= 1 and _digits(near) == _digits(spelled)
            ]
        analytes = {analyte for near in alike for analyte in self._spelled[near]}
        if len(analytes) != 1:
            return None
        return NameHint(tuple(analytes), guessed=True, spelled=self._printed[alike[0]])

    @cached_property
    def _alike(self) -> dict[str, list[str]]:
        shapes: dict[str, list[str]] = defaultdict(list)
        for spelled in self._spelled:
            if len(spelled) >= 3:
                shapes[_shape(spelled)].append(spelled)
        return shapes

    @cached_property
    def _near(self) -> dict[str, list[str]]:
        """Names by themselves with one letter left out."""
        near: dict[str, list[str]] = defaultdict(list)
        for spelled in self._spelled:
            if len(spelled) >= _SHORTEST_GUESS:
                for shorter in {spelled, *_shorter(spelled)}:
                    near[shorter].append(spelled)
        return near


def specimen_in(text: str) -> Specimen:
    """The one specimen that a heading names: "URINALYSIS", "Serum chemistry"; "" for none or several."""
    found = {_SPECIMENS[token] for token in _tokens(text) if token in _SPECIMENS and len(token) > 2}
    if re.search(
        r"urinalysis|uroanalisis|urianalisis|urinstatus|urinsediment|urinstreifen|ecbu|dipstick",
        _plain(text),
    ):
        found = {"urine"}
    if len(found) == 2 and found <= {"blood", "serum", "art", "ven", "cap"}:
        found -= {"blood"}
    return found.pop() if len(found) == 1 else ""


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.casefold().translate(_GREEK))
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_plain(text).replace("'", " ").replace("μ", "u"))


def _key(tokens: Iterable[str]) -> Key:
    return tuple(sorted(tokens))


def _without(tokens: list[str], words: Iterable[str]) -> list[str]:
    dropped = set(words)
    return [token for token in tokens if token not in dropped]


def _reduced(tokens: list[str], hint: NameHint) -> Iterator[tuple[list[str], NameHint]]:
    yield tokens, hint
    plain = _without(tokens, _EMPTY)
    yield plain, hint
    kinds = [_KINDS[token] for token in plain if token in _KINDS]
    without_kind = _without(plain, _KINDS)
    if kinds:
        hint = replace(hint, kind=kinds[0])
        yield without_kind, hint
    named = {_SPECIMENS[token] for token in without_kind if token in _SPECIMENS}
    if len(named) == 1:
        yield _without(without_kind, {*_SPECIMENS, "/"}), replace(hint, specimen=named.pop())


def _told_by(tokens: list[str]) -> Specimen:
    """The specimen in a name that is usual with it: "Serum creatinine". Red blood cells can be in urine, too."""
    named = {_SPECIMENS[token] for token in tokens if token in _SPECIMENS and len(token) > 3}
    named -= {"blood"}
    return named.pop() if len(named) == 1 else ""


def _shape(spelled: str) -> str:
    return spelled.translate(_LOOKALIKES).replace("rn", "m").replace("vv", "w").replace("cl", "d")


def _shorter(spelled: str) -> Iterator[str]:
    return (spelled[:at] + spelled[at + 1 :] for at in range(len(spelled)))


def _digits(spelled: str) -> str:
    return "".join(letter for letter in spelled if letter.isdigit())
