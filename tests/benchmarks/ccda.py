"""How much of C-CDA files arrives: HEALTHMATE_EVAL_DATA=... python tests/benchmarks/ccda.py [FOLDER ...] [-v]

Counts entries that have a code straight from the XML, with a reader of its own, and looks for each among the
proposals: same code, same day, and for results and vital signs the same value and unit.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.ccda import is_ccda, read_ccda

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = "2.16.840.1.113883.10.20."
SECTIONS = {
    "48765-2": "allergies",
    "10160-0": "medications",
    "11450-4": "problems",
    "30954-2": "results",
    "8716-3": "vitals",
    "11369-6": "immunizations",
    "47519-4": "procedures",
}
TEMPLATES = {
    "22.4.7": "allergies",
    "22.4.16": "medications",
    "22.4.4": "problems",
    "22.4.2": "results",
    "22.4.27": "vitals",
    "22.4.52": "immunizations",
    "22.4.12": "procedures",
    "22.4.13": "procedures",
    "22.4.14": "procedures",
}
ARRIVES_AS = {
    "allergies": {"AllergyIntolerance"},
    "medications": {"MedicationStatement", "MedicationRequest"},
    "problems": {"Condition"},
    "results": {"Observation"},
    "vitals": {"Observation"},
    "immunizations": {"Immunization"},
    "procedures": {"Procedure", "ServiceRequest"},
}
NONE_KNOWN = {
    "716186003",
    "409137002",
    "429625007",
    "428607008",
    "1003774007",
    "160245001",
    "no-allergy-info",
}
NONE_KNOWN |= {"no-known-medications"}
GENERIC = {"105590001", "410942007", "55607006", "64572001"}
Key = tuple[str, ...]


def main() -> int:
    words = [word for word in sys.argv[1:] if word != "-v"]
    base = Path(os.environ["HEALTHMATE_EVAL_DATA"]) if not words else None
    folders = (
        [base / "records" / name for name in ("ccda_hl7", "ccda_vendor")]
        if base
        else [Path(w) for w in words]
    )
    worst = 0
    for folder in folders:
        worst |= report(folder, verbose="-v" in sys.argv)
    return worst


def report(folder: Path, *, verbose: bool) -> int:
    expected: Counter[str] = Counter()
    arrived: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    seconds = 0.0
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = file.read_bytes()
        if not is_xml_of_a_record(content):
            continue
        started = time.perf_counter()
        found, outcome = read(content)
        seconds += time.perf_counter() - started
        outcomes[outcome] += 1
        if outcome in {"not told", "unreadable"}:
            print(f"  {outcome}: {file.name}")
        for kind, wanted in count(content).items():
            got = keys_of(found, kind)
            expected[kind] += wanted.total()
            arrived[kind] += (wanted & got).total()
            for key in (wanted - got) if verbose else ():
                print(f"  missing in {file.name}: {kind} {key}")
    print(f"{folder.name}: {dict(outcomes)}, {seconds:.1f} s")
    for kind in SECTIONS.values():
        share = arrived[kind] / max(1, expected[kind])
        print(f"  {kind:14} {arrived[kind]:5} of {expected[kind]:5}  {share:.1%}")
    return int(any(arrived[kind] < 0.95 * expected[kind] for kind in expected))


def read(content: bytes) -> tuple[list[Proposal], str]:
    """The proposals, and how the file went: imported, named (only problems), not told or unreadable."""
    if not is_ccda(content[: 1 << 16]):
        return [], "not told"
    try:
        found = list(read_ccda(content))
    except UnreadableDocument:
        return [], "unreadable"
    proposals = [each for each in found if isinstance(each, Proposal)]
    if proposals or any(isinstance(each, NamedPerson) for each in found):
        return proposals, "imported"
    return [], "named" if any(isinstance(each, Problem) for each in found) else "empty"


# The count, straight from the XML


def tree_of(content: bytes) -> Any:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16").encode()
    content = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if content.startswith(b"<?xml"):
        content = content[content.index(b"?>") + 2 :]
    parser = etree.XMLParser(recover=True, huge_tree=True, no_network=True, remove_comments=True)
    return etree.fromstring(b'<all xmlns:xsi="i" xmlns:sdtc="s">' + content + b"</all>", parser)


def is_xml_of_a_record(content: bytes) -> bool:
    head = content[:200_000]
    if b"<" not in head[:10] or b"xsl:stylesheet" in head:
        return False
    return any(word in head for word in (b"ClinicalDocument", b"templateId", b"patientRole"))


def local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def below(element: Any, *path: str) -> Iterator[Any]:
    if not path:
        yield element
        return
    for child in element:
        if isinstance(child.tag, str) and local(child) == path[0]:
            yield from below(child, *path[1:])


def count(content: bytes) -> dict[str, Counter[Key]]:
    wanted: dict[str, Counter[Key]] = {kind: Counter() for kind in ARRIVES_AS}
    for element in tree_of(content).iter():
        if isinstance(element.tag, str):
            kind = kind_of(element)
            key = key_of(element, kind) if kind else None
            if kind and key:
                wanted[kind][key] += 1
    return wanted


def kind_of(element: Any) -> str:
    """Which of the seven kinds it is: by template, else as the statement that counts in such a section."""
    tag = local(element)
    if tag not in {"observation", "substanceAdministration", "procedure", "act"}:
        return ""
    roots = {each.get("root", "") for each in below(element, "templateId")}
    by_template = {
        TEMPLATES[root.removeprefix(ROOT)] for root in roots if root.removeprefix(ROOT) in TEMPLATES
    }
    for kind in sorted(by_template):
        if fits(tag, kind):
            return kind
    if any(root.startswith(ROOT + "22.4.") for root in roots):
        return ""
    kind = section_kind(element)
    around = [local(each) for each in element.iterancestors()][:3]
    direct = around[:1] == ["entry"] or around[:2] in (
        ["entryRelationship", "act"]
        if kind in {"allergies", "problems"}
        else ["component", "organizer"],
    )
    return kind if fits(tag, kind) and direct else ""


def fits(tag: str, kind: str) -> bool:
    if kind in {"medications", "immunizations"}:
        return tag == "substanceAdministration"
    return (
        tag in {"observation", "procedure", "act"}
        if kind == "procedures"
        else bool(kind) and tag == "observation"
    )


def section_kind(element: Any) -> str:
    for each in element.iterancestors():
        if local(each) == "section":
            codes = [code.get("code", "") for code in below(each, "code")]
            return SECTIONS.get(codes[0], "") if codes else ""
    return ""


def key_of(element: Any, kind: str) -> Key | None:
    """None for what has no code of its own, or is planned."""
    negated = element.get("negationInd", "") == "true"
    product = ("consumable", "manufacturedProduct", "manufacturedMaterial", "code")
    paths: dict[str, tuple[tuple[str, ...], ...]] = {
        "allergies": (("participant", "participantRole", "playingEntity", "code"), ("value",)),
        "medications": (product,),
        "immunizations": (product,),
        "problems": (("value",),),
    }
    codes = [code for path in paths.get(kind, (("code",),)) if (code := code_at(element, path))]
    if not codes or (kind == "immunizations" and element.get("moodCode") != "EVN"):
        return None
    code = codes[0]
    if kind == "allergies" and element.get("nullFlavor") and len(codes) == 1:
        code = "none"
    if (
        negated
        and kind in {"allergies", "problems", "medications"}
        and (len(codes) == 1 or code in GENERIC)
    ):
        code = "none" if kind == "allergies" or code in GENERIC else code
    day = day_of(element)
    return (code, day, value_of(element)) if kind in {"results", "vitals"} else (code, day)


def code_at(element: Any, path: tuple[str, ...]) -> str:
    for found in below(element, *path):
        for each in (found, *below(found, "translation")):
            if each.get("code", "").strip() not in {"", "UNK"}:
                return str(each.get("code")).strip()
    return ""


def day_of(element: Any) -> str:
    for time_ in below(element, "effectiveTime"):
        for each in (time_, *below(time_, "low"), *below(time_, "center"), *below(time_, "high")):
            digits = each.get("value", "").replace("-", "")[:8]
            if digits.isdigit() and digits >= "1850":
                return str(digits)
    return ""


def value_of(element: Any) -> str:
    for value in below(element, "value"):
        for each in (value, *below(value, "translation")):
            if each.get("value"):
                words = "".join(
                    word for text in below(each, "originalText") for word in text.itertext()
                )
                unit = each.get("unit", "") or words
                return " ".join(filter(None, (each.get("value").strip(), unit.strip())))
        for each in (*below(value, "low"), *below(value, "high")):
            if each.get("value"):
                return " ".join(filter(None, (each.get("value").strip(), each.get("unit", ""))))
        code = value.get("code") or next(
            (t.get("code", "") for t in below(value, "translation")), ""
        )
        return str(code)
    return ""


# What arrived


def keys_of(proposals: list[Proposal], kind: str) -> Counter[Key]:
    keys: Counter[Key] = Counter()
    for proposal in proposals:
        resource = proposal.resource
        if resource["resourceType"] in ARRIVES_AS[kind]:
            code = code_in(resource)
            day = day_in(resource)
            with_value = kind in {"results", "vitals"}
            keys[(code, day, value_in(resource)) if with_value else (code, day)] += 1
    return keys


def code_in(resource: Any) -> str:
    for name in ("code", "medicationCodeableConcept", "vaccineCode"):
        for coding in resource.get(name, {}).get("coding", ()):
            code = str(coding["code"])
            return "none" if code in NONE_KNOWN else code
    return ""


def day_in(resource: Any) -> str:
    for name in ("effective", "onset", "performed", "occurrence"):
        point = resource.get(name + "DateTime") or start_in(resource.get(name + "Period", {}))
        if point:
            return str(point)[:10].replace("-", "")
    ends = [each.get("valueDateTime") for each in resource.get("extension", ())]
    for ended in (resource.get("abatementDateTime"), *ends):
        if ended:
            return str(ended)[:10].replace("-", "")
    for dosage in resource.get("dosageInstruction", ()):
        timing = dosage.get("timing", {})
        point = start_in(timing.get("repeat", {}).get("boundsPeriod", {})) or next(
            iter(timing.get("event", ())), ""
        )
        if point:
            return str(point)[:10].replace("-", "")
    return ""


def start_in(period: Any) -> str:
    return str(period.get("start") or period.get("end") or "")


def value_in(resource: Any) -> str:
    ends = resource.get("valueRange", {})
    quantity = resource.get("valueQuantity") or ends.get("low") or ends.get("high")
    if quantity:
        unit = quantity.get("unit") or ("1" if quantity.get("code") == "1" else "")
        return " ".join(filter(None, (str(quantity["value"]), unit)))
    if "valueInteger" in resource:
        return str(resource["valueInteger"])
    if "valueDateTime" in resource:
        return str(resource["valueDateTime"])[:10].replace("-", "")
    codings = resource.get("valueCodeableConcept", {}).get("coding", ())
    return str(codings[0]["code"]) if codings else ""


if __name__ == "__main__":
    raise SystemExit(main())
