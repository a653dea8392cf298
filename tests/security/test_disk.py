"""What is found out about the encryption of a disk and of swap, against made-up trees of /proc and /sys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.security.disk import disk_protections

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.security, pytest.mark.unit]

NO_SWAP = "Filename\tType\tSize\tUsed\tPriority\n"


class Computer:
    """A root folder with mounts, devices and swap as Linux shows them; records lie in /home/jane/vault."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.mounts: list[str] = []
        (root / "proc/self").mkdir(parents=True)
        (root / "proc/swaps").write_text(NO_SWAP)

    def mount(self, place: str, device: str, kind: str = "ext4", source: str = "/dev/x") -> None:
        self.mounts.append(f"21 1 {device} / {place} rw,relatime shared:1 - {kind} {source} rw")
        (self.root / "proc/self/mountinfo").write_text("\n".join(self.mounts))

    def device(
        self, name: str, number: str, *, uuid: str = "", below: tuple[str, ...] = ()
    ) -> None:
        """`below` are the devices it is made of."""
        folder = self.root / "sys/devices" / name
        folder.mkdir(parents=True)
        if uuid:
            (folder / "dm").mkdir()
            (folder / "dm/uuid").write_text(uuid)
        for part in below:
            (folder / "slaves").mkdir(exist_ok=True)
            (folder / "slaves" / part).symlink_to(self.root / "sys/devices" / part)
        self.link(name, number)

    def link(self, name: str, number: str) -> None:
        for place in (f"sys/dev/block/{number}", f"sys/class/block/{name.rpartition('/')[2]}"):
            (self.root / place).parent.mkdir(parents=True, exist_ok=True)
            (self.root / place).symlink_to(self.root / "sys/devices" / name)

    def swaps(self, *lines: str) -> None:
        (self.root / "proc/swaps").write_text(
            NO_SWAP + "".join(f"{line}\t1\t0\t-2\n" for line in lines)
        )

    def disk(self, folder: str = "/home/jane/vault") -> str:
        return self._told(folder, 0)

    def swap(self) -> str:
        return self._told("/home", 1)

    def _told(self, folder: str, number: int) -> str:
        from pathlib import Path

        found = disk_protections(Path(folder), root=self.root, system="linux")
        assert [protection.key for protection in found] == ["disk_encrypted", "swap_encrypted"]
        protection = found[number]
        assert protection.active == (not protection.detail)
        return protection.detail or "encrypted"


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


def test_a_plain_disk_is_told_of_and_what_to_do(computer: Computer) -> None:
    computer.mount("/", "8:1")
    computer.device("sda1", "8:1")
    assert computer.disk().startswith("No encryption of this disk was found. The vault itself is")
    assert "encrypt the disk too" in computer.disk()


def test_a_disk_under_luks_is_encrypted(computer: Computer) -> None:
    computer.mount("/", "253:0")
    computer.device("dm-0", "253:0", uuid="CRYPT-LUKS2-0123-luks-0123\n", below=("sda2",))
    computer.device("sda2", "8:2")
    assert computer.disk() == "encrypted"


def test_a_volume_on_luks_is_encrypted_and_one_beside_it_is_not(computer: Computer) -> None:
    computer.mount("/", "253:1")
    computer.mount("/home", "253:2")
    computer.device("dm-0", "253:0", uuid="CRYPT-LUKS2-0123-name", below=("sda2",))
    computer.device("dm-1", "253:1", uuid="LVM-abc", below=("dm-0",))
    computer.device("dm-2", "253:2", uuid="LVM-def", below=("sda3",))
    for name, number in (("sda2", "8:2"), ("sda3", "8:3")):
        computer.device(name, number)
    assert computer.disk("/srv/vault") == "encrypted"
    assert computer.disk().startswith("No encryption")


def test_a_volume_is_encrypted_only_if_all_of_it_is(computer: Computer) -> None:
    computer.mount("/", "253:1")
    computer.device("dm-0", "253:0", uuid="CRYPT-PLAIN-x", below=("sda2",))
    computer.device("dm-1", "253:1", uuid="LVM-abc", below=("dm-0", "sdb"))
    computer.device("sda2", "8:2")
    computer.device("sdb", "8:16")
    assert computer.disk().startswith("No encryption")


def test_a_partition_of_an_encrypted_device_is_encrypted(computer: Computer) -> None:
    """As on a RAID that lies on encrypted disks."""
    computer.mount("/", "259:1")
    computer.device("dm-0", "253:0", uuid="CRYPT-LUKS1-x", below=("sda",))
    computer.device("sda", "8:0")
    computer.device("md0", "9:0", below=("dm-0",))
    partition = computer.root / "sys/devices/md0/md0p1"
    partition.mkdir()
    (partition / "partition").write_text("1\n")
    computer.link("md0/md0p1", "259:1")
    assert computer.disk() == "encrypted"


@pytest.mark.parametrize("kind", ["ecryptfs", "fuse.gocryptfs", "fuse.encfs", "tmpfs"])
def test_an_encrypting_file_system_and_one_in_memory_count(computer: Computer, kind: str) -> None:
    computer.mount("/", "8:1")
    computer.device("sda1", "8:1")
    computer.mount("/home/jane/vault", "0:55", kind, "/home/.ecryptfs/jane")
    assert computer.disk() == "encrypted"


def test_what_has_no_device_of_its_own_is_looked_up_by_its_source(computer: Computer) -> None:
    computer.mount("/", "0:30", "btrfs", "/dev/mapper/root")
    computer.device("dm-0", "253:0", uuid="CRYPT-LUKS2-x")
    (computer.root / "dev/mapper").mkdir(parents=True)
    (computer.root / "dev/dm-0").touch()
    (computer.root / "dev/mapper/root").symlink_to(computer.root / "dev/dm-0")
    assert computer.disk() == "encrypted"


@pytest.mark.parametrize(
    ("device", "kind", "source"),
    [
        ("0:40", "nfs4", "server:/home"),
        ("8:99", "ext4", "/dev/sdz"),
        ("0:41", "overlay", "overlay"),
    ],
)
def test_a_disk_that_can_not_be_looked_into_is_not_known(
    computer: Computer, device: str, kind: str, source: str
) -> None:
    computer.mount("/", device, kind, source)
    assert computer.disk().startswith("Not known: the system does not tell on which disk")


def test_a_file_as_a_disk_is_not_known(computer: Computer) -> None:
    computer.mount("/", "7:0")
    computer.device("loop0", "7:0")
    (computer.root / "sys/devices/loop0/loop").mkdir()
    assert computer.disk().startswith("Not known")


def test_devices_that_lead_to_each_other_end_the_search(computer: Computer) -> None:
    computer.mount("/", "253:0")
    computer.device("dm-0", "253:0", below=("dm-1",))
    computer.device("dm-1", "253:1", below=("dm-0",))
    assert computer.disk().startswith("Not known")


def test_the_deepest_mount_counts_and_of_two_in_one_place_the_last(computer: Computer) -> None:
    computer.device("sda1", "8:1")
    computer.device("dm-0", "253:0", uuid="CRYPT-LUKS2-x")
    computer.mount("/home/jane/my\\040vault", "8:1")
    computer.mount("/home/jane/my\\040vault", "253:0")
    computer.mount("/", "8:1")
    computer.mounts += ["garbage", "1 2 3 - ", "- -"]
    computer.mount("/home/jane/my", "8:1")
    assert computer.disk("/home/jane/my vault") == "encrypted"
    assert computer.disk("/home/jane/my vault/inside") == "encrypted"
    assert computer.disk("/home/jane/my vaults").startswith("No encryption")


def test_without_proc_nothing_is_known(tmp_path: Path) -> None:
    details = [found.detail for found in disk_protections(tmp_path, root=tmp_path, system="linux")]
    assert [detail.partition(":")[0] for detail in details] == ["Not known", "Not known"]


def test_no_swap_and_compressed_memory_let_nothing_get_to_the_disk(computer: Computer) -> None:
    assert computer.swap() == "encrypted"
    computer.swaps("/dev/zram0\tpartition")
    assert computer.swap() == "encrypted"


def test_swap_is_encrypted_only_if_all_of_it_is(computer: Computer) -> None:
    computer.device("dm-3", "253:3", uuid="CRYPT-PLAIN-swap")
    computer.device("sda5", "8:5")
    computer.swaps("/dev/dm-3\tpartition")
    assert computer.swap() == "encrypted"
    computer.swaps("/dev/dm-3\tpartition", "/dev/sda5\tpartition")
    assert "Encrypt it or turn it off" in computer.swap()
    computer.swaps("/dev/sdq\tpartition")
    assert computer.swap().startswith("Not known: the system does not tell where its swap")


def test_a_swap_file_is_as_encrypted_as_its_disk(computer: Computer) -> None:
    computer.device("sda1", "8:1")
    computer.device("dm-0", "253:0", uuid="CRYPT-LUKS2-x")
    computer.mount("/", "253:0")
    computer.mount("/srv/a\\011b", "8:1")
    computer.swaps("/swap\\040file\tfile")
    assert computer.swap() == "encrypted"
    computer.swaps("/srv/a\\011b/swap\tfile")
    assert computer.swap().startswith("No encryption")


def test_a_list_of_swaps_that_makes_no_sense_is_not_known(computer: Computer) -> None:
    (computer.root / "proc/swaps").write_text(NO_SWAP + "alone\n\n")
    assert computer.swap().startswith("Not known")


@pytest.mark.parametrize(
    ("system", "where"), [("win32", "BitLocker"), ("darwin", "FileVault"), ("haiku", "settings")]
)
def test_other_systems_are_named_the_place_to_look(tmp_path: Path, system: str, where: str) -> None:
    for found in disk_protections(tmp_path, system=system):
        assert not found.active
        assert where in found.detail


def test_this_computer_can_be_asked(tmp_path: Path) -> None:
    for found in disk_protections(tmp_path):
        assert found.active == (not found.detail)
        assert found.words.endswith(".")
