"""The moment before which a page begins, in its address."""

from datetime import UTC, datetime


def moment_of(text: str) -> datetime | None:
    """None for what is no moment."""
    try:
        return datetime.fromtimestamp(float(text), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def written(moment: datetime | None) -> str:
    return f"{moment.timestamp():.6f}" if moment else ""
