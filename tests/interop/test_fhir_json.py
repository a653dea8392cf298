"""JSON within limits: read without loss, refused with a reason, written back letter for letter."""

from __future__ import annotations

import copy
import json
import math
from decimal import Decimal
from typing import Any

import pytest

from healthmate_desktop.domain.json_text import DEEPEST, BadJson, json_text, text_of, value_at
from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.fhir.json_scan import OpenArray, OpenObject, read_value, value_end

pytestmark = [pytest.mark.unit, pytest.mark.security]

NUMBERS = [
    "0",
    "-0",
    "-0.0",
    "5.40",
    "1e2",
    "1E+2",
    "1.50e-3",
    "0.0000001",
    "12345678901234567890.123456789",
    "-7",
]


def read(text: str) -> Any:
    value, end = value_at(text, 0)
    assert end == len(text)
    return value


@pytest.mark.parametrize("letters", NUMBERS)
def test_numbers_are_written_as_they_were_read(letters: str) -> None:
    text = f'{{"value":{letters},"in":[{letters}]}}'
    assert json_text(read(text)) == text
    assert json_text(copy.deepcopy(read(text))) == text
    assert not isinstance(read(letters), float)
    assert read(letters) == Decimal(letters)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"a":{},"b":[],"c":[[],{}]}',
        '["\\"","\\\\","\\n","/","é","😀"]',
        "[true,false,null]",
    ],
)
def test_everything_else_is_written_as_it_was_read_too(text: str) -> None:
    assert json_text(read(text)) == text
    assert json_text([read(text), Decimal("1.0")]) == f"[{text},1.0]"


@pytest.mark.parametrize(
    "text",
    [
        *('{"a":1,"a":2}', '{"\\ud800":1,"\\udfff":2}', "[NaN]", "[Infinity]", "[-Infinity]", "[01]", "[1.]", "['a']"),
        *("[1e401]", "[1e-401]", "[1e99999999999999999999]", "[1.0" + "0" * 400 + "]", "[" + "1" * 401 + "]"),
        *("[" * 65 + "]" * 65, '{"a":' * 65 + "1" + "}" * 65, "[" * 100_000, '["' + "x" * 1_000_001 + '"]'),
        *('{"' + "x" * 1_000_001 + '":1}', '["\\x"]', '["', "", "nul", "[1,]"),
    ],
    ids=range(23),
)  # fmt: skip
def test_what_is_over_a_limit_or_no_json_is_refused(text: str) -> None:
    with pytest.raises(BadJson, match="left out"):
        value_at(text, 0)


def test_what_is_within_the_limits_is_read() -> None:
    deep = "[" * DEEPEST + "]" * DEEPEST
    assert json_text(read(deep)) == deep
    assert len(read('["' + "x" * 1_000_000 + '"]')[0]) == 1_000_000
    assert read('["two\nlines\t"]') == ["two\nlines\t"]
    assert read('{"a":"\\u0000\\ud83d\\ude00\\udc00","b":[1,"\\ud800"],"\\udcff":0}') == {
        "a": "\ufffd😀\ufffd",
        "b": [1, "\ufffd"],
        "\ufffd": 0,
    }


@pytest.mark.parametrize(
    "value", [math.nan, Decimal("NaN"), [Decimal("-Infinity")], {"a": [math.inf, Decimal(1)]}]
)
def test_what_json_has_no_letters_for_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_text(value)


def test_bottomless_values_are_not_written() -> None:
    floor: Any = Decimal("1.5")
    for _ in range(5000):
        floor = [floor]
    with pytest.raises(ValueError, match="deep"):
        json_text(floor)
    with pytest.raises(ValueError, match="deep"):
        json_text({"a": floor})
    halls: Any = Decimal("1.5")
    for _ in range(200):
        halls = {"a": halls}
    with pytest.raises(ValueError, match="deep"):
        json_text(halls)
    without: Any = 1
    for _ in range(50_000):
        without = [without]
    with pytest.raises(ValueError, match="deep"):
        json_text(without)
    with pytest.raises(TypeError):
        json_text([object()])


def test_empty_and_huge_files_are_refused() -> None:
    for content in (b"", b" \r\n\t", b"\xff\xfe", b"\x00" * 8):
        with pytest.raises(UnreadableDocument, match="empty"):
            text_of(content)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ('{"a": "}\\"]"} x', 13),
        ("[[], {}]]", 8),
        ('"a\\"b" ', 6),
        ("12,", 2),
        ("true}", 4),
    ],
)
def test_end_of_a_value_is_found_without_reading_it(text: str, end: int) -> None:
    assert value_end(text, 0) == end


@pytest.mark.parametrize("text", ["", "[", '{"a', '["\\"', ",", "[{]"])
def test_value_that_never_ends_is_told(text: str) -> None:
    with pytest.raises(BadJson):
        value_end(text + '"', 0)


def test_scan_takes_time_in_proportion_to_the_file() -> None:
    """Each of these would take hours if a part of it were looked at again and again."""
    for text in (
        '["' + '\\"' * 2_000_000,
        "[" * 1_000_000,
        "[" + '"a' * 500_001,
        '{"a":' * 300_000,
    ):
        with pytest.raises(BadJson):
            value_end(text, 0)


def test_members_and_elements_are_read_one_by_one() -> None:
    text = json.dumps({"a": [1, {"b": 2}], "c": "d"})
    members = OpenObject(text, 0)
    keys = []
    for key in members.keys():  # noqa: SIM118  # not a dict
        keys.append(key)
        if key == "a":
            array = OpenArray(text, members.value_start)
            assert [value for value, _ in array.values()] == [1, {"b": 2}]
            members.value_end = array.end
    assert keys == ["a", "c"]
    assert members.end == len(text)
    assert read_value("[NaN]", 0)[:2] == (None, 5)
