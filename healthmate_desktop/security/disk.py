"""What is known of the disk under a folder: whether it, and the swap space, are encrypted. Looks, starts nothing."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from healthmate_desktop.domain.sessions import Protection

_ENCRYPTING = {"ecryptfs", "fuse.gocryptfs", "fuse.cryfs", "fuse.encfs"}  # kinds of file system
_IN_MEMORY = {"tmpfs", "ramfs"}
_OCTAL = re.compile(r"\\([0-7]{3})")  # as mountinfo and swaps write spaces in paths
_DEEPEST = 16  # devices on devices
_WHERE_TO_LOOK = {
    "win32": "Look in Settings, Privacy & security, Device encryption or BitLocker.",
    "darwin": "Look in System Settings, Privacy & Security, FileVault.",
}
_DISK = "The disk with your records is encrypted, so what a program leaves on it is closed while it is off."
_SWAP = "Memory that the system moves to the disk is encrypted."


@dataclass(frozen=True, slots=True)
class _Mount:
    device: str  # "major:minor"
    place: str
    kind: str  # of file system
    source: str


def disk_protections(
    folder: Path, *, root: Path = Path("/"), system: str = sys.platform
) -> list[Protection]:
    """Never raises; what can't be told is not active, and its detail says so."""
    if system != "linux":
        where = _WHERE_TO_LOOK.get(system, "Look in the settings of your system.")
        unknown = f"Not known: this system does not tell. {where}"
        return [
            Protection("disk_encrypted", _DISK, active=False, detail=unknown),
            Protection("swap_encrypted", _SWAP, active=False, detail=unknown),
        ]
    return [_disk(folder, root), _swap(root)]


def _disk(folder: Path, root: Path) -> Protection:
    encrypted = _folder_encrypted(os.path.realpath(folder), root)
    if encrypted:
        return Protection("disk_encrypted", _DISK, active=True)
    detail = (
        "Not known: the system does not tell on which disk this folder lies."
        if encrypted is None
        else "No encryption of this disk was found. The vault itself is encrypted all the same; "
        "encrypt the disk too, in case the computer is lost."
    )
    return Protection("disk_encrypted", _DISK, active=False, detail=detail)


def _swap(root: Path) -> Protection:
    try:
        lines = _read(root / "proc/swaps").splitlines()[1:]
        found = [_swap_encrypted(line.split(), root) for line in lines if line.strip()]
    except (OSError, IndexError):
        found = [None]
    if all(found):
        return Protection("swap_encrypted", _SWAP, active=True)
    detail = (
        "No encryption of the swap space was found, so parts of open records can get to the disk. "
        "Encrypt it or turn it off."
        if False in found
        else "Not known: the system does not tell where its swap space lies."
    )
    return Protection("swap_encrypted", _SWAP, active=False, detail=detail)


def _swap_encrypted(fields: list[str], root: Path) -> bool | None:
    """A line of /proc/swaps: path, kind, sizes."""
    path, kind = _unescaped(fields[0]), fields[1]
    if kind == "file":
        return _folder_encrypted(path, root)
    name = Path(path).name
    if name.startswith("zram"):  # compressed, in memory
        return True
    return _device_encrypted(root / "sys/class/block" / _device_name(path, root))


def _folder_encrypted(path: str, root: Path) -> bool | None:
    mount = _mount_of(path, root)
    if mount is None:
        return None
    if mount.kind in _ENCRYPTING or mount.kind in _IN_MEMORY:
        return True
    if not mount.device.startswith("0:"):
        return _device_encrypted(root / "sys/dev/block" / mount.device)
    if mount.source.startswith("/dev/"):  # btrfs has no device of its own
        return _device_encrypted(root / "sys/class/block" / _device_name(mount.source, root))
    return None


def _mount_of(path: str, root: Path) -> _Mount | None:
    """The deepest one that holds the path; of several at one place the last, which lies on top."""
    best: _Mount | None = None
    try:
        lines = _read(root / "proc/self/mountinfo").splitlines()
    except OSError:
        return None
    for line in lines:
        fields, _, rest = line.partition(" - ")
        before, after = fields.split(), rest.split()
        if len(before) < 5 or len(after) < 2:
            continue
        mount = _Mount(before[2], _unescaped(before[4]), after[0], _unescaped(after[1]))
        inside = mount.place in {"/", path} or path.startswith(mount.place + "/")
        if inside and (best is None or len(mount.place) >= len(best.place)):
            best = mount
    return best


def _device_name(path: str, root: Path) -> str:
    """Past the links in /dev/mapper."""
    return Path(os.path.realpath(root / path.lstrip("/"))).name


def _device_encrypted(device: Path, depth: int = 0) -> bool | None:
    """Whether dm-crypt lies under it. Of several devices below, each must be."""
    if depth > _DEEPEST or not device.exists() or (device / "loop").exists():
        return None
    uuid = device / "dm/uuid"
    try:
        if uuid.exists() and re.search(r"(^|-)CRYPT-", _read(uuid)):
            return True
        below = list((device / "slaves").iterdir()) if (device / "slaves").is_dir() else []
    except OSError:
        return None
    if not below and (device / "partition").exists():  # of what the whole device is made
        below = list(_below_whole(device))
    if not below:
        return False
    found = [_device_encrypted(part, depth + 1) for part in below]
    return None if None in found and False not in found else all(found)


def _below_whole(partition: Path) -> list[Path]:
    slaves = Path(os.path.realpath(partition)).parent / "slaves"
    return list(slaves.iterdir()) if slaves.is_dir() else []


def _unescaped(text: str) -> str:
    return _OCTAL.sub(lambda match: chr(int(match.group(1), 8)), text)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
