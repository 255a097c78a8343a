"""How far it is, for the person at the terminal."""

import time

EVERY_SECONDS = 5.0
MEGABYTE = 1024 * 1024


class Progress:
    """One line for each stage, and one now and then in a long one."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._stage = ""
        self._bytes = 0
        self._next_line = 0.0

    def begin(self, stage: str) -> None:
        self._stage, self._bytes = stage, 0
        self._next_line = time.monotonic() + EVERY_SECONDS
        self.say(f"{stage}……")

    def count(self, size: int) -> None:
        """So many bytes more."""
        self._bytes += size
        if time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + EVERY_SECONDS
            self.say(f"{self._stage}:{self._bytes / MEGABYTE:,.0f} MB")

    def end(self) -> None:
        self.say("完成")

    def say(self, message: str) -> None:
        print(f"[{time.monotonic() - self._begun:6.1f} 秒] {message}", flush=True)
