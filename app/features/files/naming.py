"""What a file for a tablet is called: nobody's name."""

from datetime import UTC, datetime


def answer_name(device_id: str, now_ms: int) -> str:
    """Return a name that tells tablets and days apart."""
    at = datetime.fromtimestamp(now_ms / 1000, UTC)
    return f"tessera-answer-{device_id[:8]}-{at:%Y%m%d-%H%M%S}.tessera"
