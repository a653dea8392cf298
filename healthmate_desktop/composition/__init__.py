"""Build the product's parts and join them by hand: what the window and the command line both start from."""

from healthmate_desktop.composition.commons import Commons, load_rules
from healthmate_desktop.composition.door import (
    create_vault,
    open_vault,
    recover_vault,
    seconds_to_wait,
    vault_exists,
)
from healthmate_desktop.composition.restoring import restore_vault
from healthmate_desktop.composition.services import Services, build_services

__all__ = [
    "Commons",
    "Services",
    "build_services",
    "create_vault",
    "load_rules",
    "open_vault",
    "recover_vault",
    "restore_vault",
    "seconds_to_wait",
    "vault_exists",
]
