"""Ed25519 (RFC 8032) over canonical bytes. The private key never leaves ``secrets.json``; the public one is in every head."""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


def sign(message: bytes) -> bytes:
    """64 bytes."""
    return _private_key().sign(message)


def public_key() -> bytes:
    """32 bytes."""
    return _private_key().public_key().public_bytes_raw()


def key_id(key: bytes) -> str:
    """The first 16 hexadecimal digits of the public key's SHA-256: short enough to be read out."""
    return hashlib.sha256(key).hexdigest()[:16]


def is_signed(*, message: bytes, signature: bytes, key: bytes) -> bool:
    """Whether the owner of that public key signed the message."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.LEDGER_KEY))
