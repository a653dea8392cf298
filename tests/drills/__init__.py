"""Long proofs of what is promised: kills, failing disks, forensics, roles. See README.md."""
