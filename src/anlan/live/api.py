"""Live updates: the door for other slices."""

from anlan.live.addresses import stream_url
from anlan.live.topics import watch

__all__ = ["stream_url", "watch"]
