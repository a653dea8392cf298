"""How much of FHIR bundles arrives and goes out again: python tests/benchmarks/fhir.py DATA_DIR

Or set HEALTHMATE_EVAL_DATA. DATA_DIR holds records/synthea_r4/*.tar.gz. What has to arrive is counted straight from the
JSON, by `json.loads`, which also serves as the measure of speed.
"""

from __future__ import annotations

import json
import os
import sys
import tarfile
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.facts import Facts, facts_of, fingerprint
from healthmate_desktop.domain.proposals import Proposal
from healthmate_desktop.interop.fhir import is_fhir, read_fhir
from healthmate_desktop.interop.fhir.export import write_bundle
from healthmate_desktop.interop.fhir.ips import write_ips

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
LOOKED_AT = (
    *("Condition", "Observation", "MedicationRequest", "AllergyIntolerance"),
    *("Immunization", "Procedure", "Encounter"),
)
DATES = {
    "Condition": ("onsetDateTime", "recordedDate"),
    "Observation": ("effectiveDateTime", "effectivePeriod"),
    "MedicationRequest": ("authoredOn",),
    "AllergyIntolerance": ("onsetDateTime", "recordedDate"),
    "Immunization": ("occurrenceDateTime",),
    "Procedure": ("performedDateTime", "performedPeriod"),
    "Encounter": ("period",),
}


class Sums:
    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self.came: Counter[str] = Counter()
        self.lacking: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.bundles = self.octets = self.alike = 0


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["HEALTHMATE_EVAL_DATA"])
    sums = Sums()
    for content in contents(folder / "records" / "synthea_r4"):
        look_at(content, sums)
    report(sums)
    return 1 if sums.wrong or sums.sent != sums.came else 0


def contents(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("*.tar.gz")):
        with tarfile.open(path) as archive:
            for member in archive:
                file = archive.extractfile(member)
                if file is not None:
                    yield file.read()


def look_at(content: bytes, sums: Sums) -> None:
    sums.bundles += 1
    sums.octets += len(content)
    started = time.perf_counter()
    plain = json.loads(content)
    sums.seconds["json.loads"] += took(started)
    sent = [entry["resource"] for entry in plain["entry"]]
    sums.sent.update(each["resourceType"] for each in sent)

    started = time.perf_counter()
    found = list(read_fhir(content))
    sums.seconds["read_fhir"] += took(started)
    sums.wrong["not told to be FHIR"] += not is_fhir(content[:65536])
    sums.wrong["problems"] += sum(isinstance(each, Problem) for each in found)
    proposals = [each for each in found if isinstance(each, Proposal)]
    sums.lacking.update(f"doubt: {doubt}" for each in proposals for doubt in each.doubts)
    resources = [dict(each.resource) for each in proposals]
    sums.came.update(each["resourceType"] for each in resources)
    for before, after in zip(sent, resources, strict=False):
        check_facts(before, facts_of(after), sums)
    check_fingerprints(resources, sums)
    check_export(content, resources, sums)


def check_facts(sent: Json, facts: Facts, sums: Sums) -> None:
    """What the JSON says and the facts lack is wrong; what the JSON does not say either is only counted."""
    kind = sent["resourceType"]
    if kind not in LOOKED_AT:
        return
    keys = ("vaccineCode", "medicationCodeableConcept", "code", "type")
    concept = next(sent[key] for key in keys if key in sent)
    concept = concept[0] if isinstance(concept, list) else concept
    codes = {(each.system, each.code) for each in facts.codings}
    wanted = {(each["system"], each["code"]) for each in concept["coding"]}
    dates = [sent[key] for key in DATES[kind] if key in sent]
    date = dates[0]["start"] if isinstance(dates[0], dict) else dates[0]
    sums.wrong[f"{kind} code"] += not wanted <= codes
    sums.wrong[f"{kind} name"] += facts.display != concept["text"]
    sums.wrong[f"{kind} date"] += facts.effective != date or not facts.effective_from
    sums.wrong[f"{kind} status"] += not facts.status
    if kind == "Observation":
        check_value(sent, facts, sums)


def check_value(sent: Json, facts: Facts, sums: Sums) -> None:
    quantity = sent.get("valueQuantity")
    if quantity is not None:
        right = facts.number is not None and float(facts.number) == quantity["value"]
        sums.wrong["Observation number"] += not right
        sums.wrong["Observation unit"] += (
            facts.unit != quantity["unit"] or facts.unit_code != quantity["code"]
        )
        sums.wrong["Observation value"] += not facts.value.endswith(quantity["unit"])
    elif "component" in sent:
        pairs = zip(sent["component"], facts.components, strict=True)
        wrong = sum(
            float(part.number or -1) != each["valueQuantity"]["value"] for each, part in pairs
        )
        sums.wrong["Observation component"] += wrong
    elif any(key.startswith("value") for key in sent):
        sums.wrong["Observation value"] += not facts.value
    else:
        sums.lacking["Observation without a value in the JSON"] += 1


def check_fingerprints(resources: list[Json], sums: Sums) -> None:
    started = time.perf_counter()
    prints = [fingerprint(each) for each in resources]
    sums.seconds["fingerprint"] += took(started)
    sums.alike += len(prints) - len(set(prints))


def check_export(content: bytes, resources: list[Json], sums: Sums) -> None:
    patient = next(each for each in resources if each["resourceType"] == "Patient")
    started = time.perf_counter()
    written = write_bundle(patient, resources)
    sums.seconds["write_bundle"] += took(started)
    entries = {each["fullUrl"]: each["resource"] for each in letters(content)["entry"]}
    again = {each["fullUrl"]: each["resource"] for each in letters(written)["entry"]}
    sums.wrong["entry that went out changed"] += sum(
        again.get(url) != each for url, each in entries.items()
    )
    sums.wrong["entry too many"] += len(again.keys() - entries.keys())
    started = time.perf_counter()
    summary = write_ips(patient, resources, datetime.now(UTC))
    sums.seconds["write_ips"] += took(started)
    sums.wrong["problems in the summary"] += sum(
        isinstance(each, Problem) for each in read_fhir(summary)
    )


def letters(content: bytes) -> Json:
    """With each number as it is spelt."""
    found: Json = json.loads(
        content, parse_float=lambda text: f"number {text}", parse_int=lambda text: f"number {text}"
    )
    return found


def took(started: float) -> float:
    return time.perf_counter() - started


def report(sums: Sums) -> None:
    print(f"{sums.bundles} bundles, {sums.octets / 1e6:.1f} MB, {sums.sent.total()} resources")
    for kind, count in sums.sent.most_common():
        print(f"  {kind:25} sent {count:5}, came {sums.came[kind]:5}")
    print(f"alike by fingerprint within one bundle: {sums.alike}")
    for what, count in sorted(sums.lacking.items()):
        print(f"{what}: {count}")
    sums.wrong = +sums.wrong
    print("wrong:", dict(sums.wrong) or "nothing")
    for what, seconds in sums.seconds.items():
        ratio = seconds / sums.seconds["json.loads"]
        print(f"{what:13} {seconds / sums.bundles:.3f} s a bundle, {ratio:5.1f} times json.loads")


if __name__ == "__main__":
    raise SystemExit(main())
