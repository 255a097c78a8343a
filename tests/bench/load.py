"""A client that keeps connections open and one request running on each; it checks every answer."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """``head`` and ``body`` ready to send; ``is_right`` looks at the status and the body of the answer."""

    data: bytes
    is_right: Callable[[int, bytes], bool]


@dataclass
class Load:
    """What a round brought: seconds of each answer, and the whole."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        ranked = sorted(self.latencies)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


def request(
    method: str, path: str, headers: dict[str, str], body: bytes, is_right: Callable[[int, bytes], bool]
) -> Request:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return Request("\r\n".join([*lines, "", ""]).encode() + body, is_right)


def drive(port: int, requests: Iterator[Request], *, connections: int, seconds: float) -> Load:
    """Send them in turn over so many connections until the time is over or there are none left."""
    return asyncio.run(_drive(port, requests, connections, seconds))


def alone(port: int, one: Request, times: int) -> Load:
    """The same again and again on one connection."""
    return drive(port, itertools.repeat(one, times), connections=1, seconds=600)


async def _drive(port: int, requests: Iterator[Request], connections: int, seconds: float) -> Load:
    load = Load(0)
    started = time.perf_counter()
    await asyncio.gather(*(_keep_asking(port, requests, started + seconds, load) for _ in range(connections)))
    load.seconds = time.perf_counter() - started
    return load


async def _keep_asking(port: int, requests: Iterator[Request], until: float, load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while time.perf_counter() < until and (one := next(requests, None)) is not None:
            begun = time.perf_counter()
            writer.write(one.data)
            status, body = await _answer(reader)
            load.latencies.append(time.perf_counter() - begun)
            if not one.is_right(status, body):
                load.wrong.append(f"{status} {body[:300].decode(errors='replace')}")
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    if lengths:
        return status, await reader.readexactly(int(lengths[0].partition(b":")[2]))
    return status, await _chunks(reader)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).strip() or b"0", 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body
