"""Keys that sign a sample person of the demonstration in; nothing of them is stored."""

import hashlib
import hmac

LARGEST_DIGITS = 19


def demo_key(secret: str, person_id: int) -> str:
    """The key in the address that signs a sample person in."""
    code = hmac.digest(secret.encode(), f"demo sign-in {person_id}".encode(), hashlib.sha256)
    return f"{person_id}-{code.hex()[:32]}"


def person_of_demo_key(secret: str, key: str) -> int | None:
    """The person that a key is for, or None if it is not one of ours."""
    digits = key.partition("-")[0]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= LARGEST_DIGITS):
        return None
    person_id = int(digits)
    return person_id if hmac.compare_digest(demo_key(secret, person_id).encode(), key.encode()) else None
