"""Where a message leads: slices above register the address of their subjects."""

from collections.abc import Callable
from uuid import UUID

Address = Callable[[UUID], str]

_addresses: dict[str, Address] = {}


def register_address(subject_type: str, address: Address) -> None:
    """Let messages about ``subject_type`` lead to ``address(subject_id)``."""
    _addresses[subject_type] = address


def address_of(subject_type: str, subject_id: UUID) -> str:
    """The address of the subject; empty when nobody registered one."""
    address = _addresses.get(subject_type)
    return address(subject_id) if address else ""
