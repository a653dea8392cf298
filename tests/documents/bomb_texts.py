"""Texts made to harm: XML, JSON, plain text and tables of text."""

from __future__ import annotations

import json
from functools import partial

from bomb_kinds import DOCTYPE, MEGABYTE, Bomb, keep

TEXTS: dict[str, Bomb] = {}
_bomb = partial(keep, TEXTS)
CDA = "<ClinicalDocument xmlns='urn:hl7-org:v3'><title>{}</title></ClinicalDocument>"


@_bomb("xml: billion laughs", "a.xml")
def _xml_laughs() -> bytes:
    return f"<?xml version='1.0'?>{DOCTYPE}{CDA}".format("&l9;").encode()


@_bomb("xml: quadratic growth", "a.xml")
def _xml_quadratic() -> bytes:
    entity = "a" * 100_000
    return f"<!DOCTYPE x [<!ENTITY a '{entity}'>]>{CDA}".format("&a;" * 50_000).encode()


@_bomb("xml: a file of this computer", "a.xml")
def _xml_external() -> bytes:
    return f"<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>{CDA}".format("&f;").encode()


@_bomb("xml: 200,000 deep", "a.xml")
def _xml_deep() -> bytes:
    return (
        b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">'
        + b"<a>" * 200_000
        + b"</a>" * 200_000
        + b"</ClinicalDocument>"
    )


def _resource(**fields: object) -> bytes:
    return json.dumps(
        {"resourceType": "Observation", "status": "final", "code": {"text": "Sodium"}, **fields}
    ).encode()


@_bomb("json: 100,000 deep", "a.json")
def _json_deep() -> bytes:
    return (
        b'{"resourceType":"Bundle","type":"collection","entry":'
        + b"[" * 100_000
        + b"]" * 100_000
        + b"}"
    )


@_bomb("json: a number of 10,000 digits", "a.json")
def _json_digits() -> bytes:
    return _resource(valueQuantity={"value": 7}).replace(b"7", b"7" * 10_000)


@_bomb("json: an exponent of nine digits", "a.json")
def _json_exponent() -> bytes:
    return _resource(valueQuantity={"value": 7}).replace(b"7", b"7e999999999")


@_bomb("json: NaN and Infinity", "a.json")
def _json_nan() -> bytes:
    return _resource(valueQuantity={"value": float("nan"), "low": float("inf")})


@_bomb("json: the same key twice", "a.json")
def _json_twice() -> bytes:
    return _resource().replace(
        b'"status": "final"', b'"status": "final", "status": "entered-in-error"'
    )


@_bomb("json: references in a circle", "a.json")
def _json_circle() -> bytes:
    resources = [
        {
            "resourceType": "Observation",
            "id": f"{n}",
            "status": "final",
            "code": {"text": "x"},
            "hasMember": [{"reference": f"Observation/{(n + 1) % 3}"}],
        }
        for n in range(3)
    ]
    return json.dumps(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": r} for r in resources],
        }
    ).encode()


@_bomb("json: the year 0000 and the year 99999", "a.json")
def _json_year() -> bytes:
    return _resource(
        effectiveDateTime="0000-00-00", issued="99999-01-01T00:00:00Z", valueDateTime="0000"
    )


@_bomb("json: a text of 50 MB", "a.json", slow=True)
def _json_long() -> bytes:
    return _resource(valueString="a" * (50 * MEGABYTE))


@_bomb("text: a name that reads backwards", "letter\u202efdp.exe")
def _text_name() -> bytes:
    return b"A letter\x00 with \xe2\x80\xae marks\x07 in it."


@_bomb("csv: formulas", "a.csv", "csv")
def _csv_formulas() -> bytes:
    return b'Date,Test,Value\n2024-03-05,"=HYPERLINK(""http://x.invalid"",""Sodium"")",=1+1\n2024-03-05,@SUM(A1),-2+3+cmd|calc!A0\n'


@_bomb("csv: one line of 150 MB", "a.csv", "csv", "longer than 1 MB", slow=True)
def _csv_line() -> bytes:
    return b"Date,Test,Value\n" + b"a" * (150 * MEGABYTE) + b"\n2024-03-05,Sodium,141\n"


@_bomb("csv: quotation marks that never close", "a.csv", "csv", "quotation mark")
def _csv_quotes() -> bytes:
    return b"Date,Test,Value\n" + b'2024-03-05,"Sodium,141\n' * 200_000


@_bomb("csv: a million cells in a row", "a.csv", "csv", "1,000 cells|longer than 1 MB")
def _csv_cells() -> bytes:
    return (b"a," * 400_000 + b"\n") * 5


@_bomb("csv: NUL between all letters", "a.csv", "csv")
def _csv_nul() -> bytes:
    return (
        b"\x00".join(bytes([letter]) for letter in b"Date,Test,Value\n2024-03-05,Sodium,141\n" * 50)
        + b"\x00\x00"
    )
