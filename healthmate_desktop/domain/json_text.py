"""JSON of strangers, read strictly and within limits, and written back as it was sent, number for number.

Nothing here knows what the JSON means. Values are dict, list, str, bool, None, int and Decimal, never float.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Self

from healthmate_desktop.errors import UnreadableDocument

MOST_BYTES = 100_000_000
DEEPEST = 64
LONGEST_STRING = 1_000_000  # letters
LONGEST_NUMBER = 400  # letters
LARGEST_EXPONENT = 400
LOST_LETTER = "\ufffd"  # stands for what was sent and can't be kept

_SURROGATE_ESCAPE = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


class BadJson(Exception):
    """Why a value was refused; the sentence is fit to show and quotes nothing of it."""


CUT_OFF = "The file ends in the middle of this, so it was left out."
_NOT_JSON = "It is not valid JSON, so it was left out."
_TWICE = "It says the same thing twice in two ways, so it was left out."
_NO_NUMBER = "It holds a number that is none, or is too long, so it was left out."
_TOO_DEEP = f"It is nested more than {DEEPEST} levels deep, so it was left out."
_TOO_LONG = "It holds a piece of text of more than 1 million letters, so it was left out."


class Exact(Decimal):
    """A number whose letters differ from what Decimal would print, such as 1e2 or 0.0000001."""

    __slots__ = ("letters",)
    letters: str

    def __new__(cls, letters: str) -> Self:
        number = super().__new__(cls, letters)
        number.letters = letters
        return number

    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self:
        return self


def text_of(content: bytes) -> str:
    """The letters of a JSON file in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Bytes that are no letters become U+FFFD. Raises UnreadableDocument for files over 100 MB and empty ones.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableDocument(
            "This file is larger than 100 MB, so it was not read. It is kept. Ask for it in parts and add those."
        )
    text = content.decode(json.detect_encoding(content), "replace").lstrip("\ufeff")
    if not text.strip("\x00 \t\r\n"):
        raise UnreadableDocument("This file is empty. Add it again from where it came from.")
    return text


def may_lose_letters(text: str) -> bool:
    """Whether U+FFFD stands, or will stand, for something in it that can't be kept."""
    return LOST_LETTER in text or "\x00" in text or _SURROGATE_ESCAPE.search(text) is not None


def value_at(text: str, start: int) -> tuple[Any, int]:
    """The value that begins at `start`, and where it ends. Raises BadJson."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except RecursionError as error:
        raise BadJson(_TOO_DEEP) from error
    except ValueError as error:
        raise BadJson(_NOT_JSON) from error
    if end - start > LONGEST_STRING or _brackets(text, start, end) > DEEPEST:
        _check_size(value)
    if "\x00" in text[start:end] or _SURROGATE_ESCAPE.search(text, start, end):
        value = _mended(value)
    return value, end


def json_text(value: Any) -> str:
    """Compact JSON, with each number as it was read. Raises ValueError for what is not JSON, or nested too deeply."""
    try:
        return _ENCODER.encode(value)  # in C; only where there are no decimals
    except TypeError:
        parts: list[str] = []
        _write(value, parts, 0)
        return "".join(parts)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson(_TWICE)
    return found


def _decimal(letters: str) -> Decimal:
    if len(letters) > LONGEST_NUMBER:
        raise BadJson(_NO_NUMBER)
    try:
        number = Decimal(letters)
    except ArithmeticError as error:
        raise BadJson(_NO_NUMBER) from error
    if abs(number.adjusted()) > LARGEST_EXPONENT:
        raise BadJson(_NO_NUMBER)
    return number if str(number) == letters else Exact(letters)


def _whole(letters: str) -> int | Decimal:
    if len(letters) > LONGEST_NUMBER:
        raise BadJson(_NO_NUMBER)
    return Decimal(letters) if letters == "-0" else int(letters)


def _refuse(_letters: str) -> None:
    raise BadJson(_NO_NUMBER)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_decimal,
    parse_int=_whole,
    parse_constant=_refuse,
    strict=False,  # portals leave line breaks in strings as they are
)


def _not_json(value: Any) -> Any:
    raise TypeError(type(value).__name__)


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_not_json
)


def _brackets(text: str, start: int, end: int) -> int:
    return text.count("{", start, end) + text.count("[", start, end)


def _check_size(value: Any) -> None:
    waiting = [(value, 1)]
    while waiting:
        inner, depth = waiting.pop()
        if isinstance(inner, str):
            if len(inner) > LONGEST_STRING:
                raise BadJson(_TOO_LONG)
        elif isinstance(inner, (dict, list)):
            if depth > DEEPEST:
                raise BadJson(_TOO_DEEP)
            if isinstance(inner, dict):
                waiting += ((key, depth) for key in inner)
            values = inner.values() if isinstance(inner, dict) else inner
            waiting += ((each, depth + 1) for each in values)


def _mended(value: Any) -> Any:
    """Without NUL and halves of surrogate pairs, which can be sent in JSON and not be stored."""
    if isinstance(value, str):
        return _UNKEEPABLE.sub(LOST_LETTER, value)
    if isinstance(value, list):
        return [_mended(each) for each in value]
    if isinstance(value, dict):
        return _object([(_mended(key), _mended(each)) for key, each in value.items()])
    return value


def _write(value: Any, parts: list[str], depth: int) -> None:
    if isinstance(value, dict):
        _write_object(value, parts, depth)
    elif isinstance(value, list):
        _deeper(depth)
        separator = "["
        for each in value:
            parts.append(separator)
            _write(each, parts, depth + 1)
            separator = ","
        parts.append("]" if value else "[]")
    elif isinstance(value, Decimal):
        parts.append(_number_text(value))
    else:
        parts.append(_ENCODER.encode(value))


def _write_object(value: dict[str, Any], parts: list[str], depth: int) -> None:
    _deeper(depth)
    separator = "{"
    for key, each in value.items():
        parts += (separator, encode_basestring(key), ":")
        _write(each, parts, depth + 1)
        separator = ","
    parts.append("}" if value else "{}")


def _deeper(depth: int) -> None:
    if depth > 2 * DEEPEST:  # entries of bundles stand a little deeper than where they came from
        raise ValueError("nested too deeply")


def _number_text(number: Decimal) -> str:
    if isinstance(number, Exact):
        return number.letters
    if not number.is_finite():
        raise ValueError("not a number of JSON")
    return str(number)
