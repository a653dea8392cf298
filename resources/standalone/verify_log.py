"""Check an exported log of HealthMate without HealthMate, and without any key.

    python verify_log.py LOG.jsonl [--key USER=PUBLICKEY ...]

Each event is linked to all before it by SHA-256, and people sign the end of the chain as they lock (Ed25519). This
shows that no event before the last signature was changed, left out or moved after it was signed. Whose key is whose
the log itself says ("user.key_set"); who wants to be sure compares a key with what that person says, with --key.

Needs the package cryptography.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

if TYPE_CHECKING:
    from collections.abc import Iterator


class Broken(Exception):
    """Where the log is not as it was written."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Check an exported log of HealthMate.")
    parser.add_argument("log")
    parser.add_argument("--key", action="append", default=[], metavar="USER=PUBLICKEY")
    options = parser.parse_args()
    wanted = dict(item.split("=", 1) for item in options.key)
    try:
        with Path(options.log).open(encoding="utf-8") as file:
            events, signed, signers = verify(file, wanted)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        print(
            f"This is not an exported log of HealthMate ({type(error).__name__}).", file=sys.stderr
        )
        return 1
    except Broken as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{events} events, whole and in order. Signed up to event {signed}.")
    for user, key in sorted(signers.items()):
        print(f"  {user} signed with {key}")
    if signed < events:
        print(f"Nobody has signed the last {events - signed} events yet.")
    return 0


def verify(lines: Iterator[str], wanted: dict) -> tuple[int, int, dict]:
    """Events, the last that is signed, and who signed with which key. Raises Broken."""
    first = json.loads(next(lines))
    columns = first["columns"]
    link = hashlib.sha256((first["beginning"] + first["vault_id"]).encode()).digest()
    events = signed = 0
    keys: dict = {}
    signers: dict = {}
    for line in lines:
        item = json.loads(line)
        if "event" in item:
            events += 1
            link = _follow(item, events, link)
            event = dict(zip(columns, item["event"], strict=True))
            if event["action"] == "user.key_set":
                keys[event["subject"].partition("/")[2]] = json.loads(event["details"])["key"]
        else:
            if item["seq"] != events:
                raise Broken(f"The signature after event {events} is of event {item['seq']}.")
            _check_signature(item, keys, wanted, link)
            signed = events
            signers[item["user_id"]] = item["public_key"]
    if not events:
        raise Broken("There is no event in this log.")
    return events, signed, signers


def _follow(item: dict, number: int, link: bytes) -> bytes:
    event = item["event"]
    if event[0] != number:
        raise Broken(f"Event {number} is missing: the next one is {event[0]}.")
    canonical = json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    link = hashlib.sha256(link + canonical.encode()).digest()
    if item["link"] != link.hex():
        raise Broken(f"Event {number}, or one before it, is not as it was written.")
    return link


def _check_signature(item: dict, keys: dict, wanted: dict, link: bytes) -> None:
    user, key = item["user_id"], item["public_key"]
    if keys.get(user) != key or wanted.get(user, key) != key:
        raise Broken(f"The signature of event {item['seq']} is not by the key of {user}.")
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(item["signature"]), link)
    except InvalidSignature as error:
        raise Broken(f"The signature of event {item['seq']} is wrong.") from error


if __name__ == "__main__":
    sys.exit(main())
