"""The stream server: one small process, one coroutine an open page, no thread of the site's (ADR 0007)."""

import asyncio
import random
import signal
from http import HTTPStatus

import structlog
from django.conf import settings
from django.db import Error as DatabaseFault

from anlan.lib import clock
from anlan.live import addresses, topics
from anlan.live.hub import Hub
from anlan.live.listeners import BEAT, END, Listener, written
from anlan.live.requests import BadRequest, Request

HEAD_BYTES = 16 * 1024
HEAD_SECONDS = 5.0
WRITE_SECONDS = 10.0
MOST_LISTENERS = 2000
MOST_OF_ONE = 100
"""Pages one person may have open: nobody takes everybody's place."""
BIND_AGAIN_SECONDS = 2.0
STOP_SECONDS = 2.0

STREAM_HEADERS = (
    ("Content-Type", "text/event-stream; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("X-Accel-Buffering", "no"),
    ("X-Content-Type-Options", "nosniff"),
)

log = structlog.get_logger("live")


class Refused(Exception):  # noqa: N818 - carries an answer
    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class Server:
    """Answers ``GET /live/stream`` to people who are signed in, and nothing else."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._open: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def run(self, port: int) -> None:
        """Serve on 127.0.0.1 until SIGTERM or SIGINT; then every stream is closed."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        watching = asyncio.create_task(self.hub.watch())
        serving = asyncio.create_task(self._serve(port))
        stopped = asyncio.create_task(stop.wait())
        ended, _ = await asyncio.wait({watching, serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
        self._stopping = True
        serving.cancel()
        await self._close_streams()
        for task in ended:
            task.result()  # the other two end by a fault only: it ends this process, and the supervisor starts another

    async def _close_streams(self) -> None:
        """Without a last word: the pages come back when there is somebody to answer."""
        for listener in tuple(self.hub.listeners):
            listener.end()
        if self._open:
            await asyncio.wait(self._open, timeout=STOP_SECONDS)

    async def _serve(self, port: int) -> None:
        server = await self._bind(port)
        async with server:
            await server.serve_forever()

    async def _bind(self, port: int) -> asyncio.Server:
        """Whoever has the port may give it back; the site runs meanwhile, only that pages ask by themselves."""
        while True:
            try:
                return await asyncio.start_server(self._connected, "127.0.0.1", port, limit=HEAD_BYTES, backlog=512)
            except OSError as error:
                log.warning("the port is taken", port=port, error=str(error))
                await asyncio.sleep(BIND_AGAIN_SECONDS)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await self._answer(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return  # who asked has gone, or does not speak HTTP
        finally:
            self._open.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(HEAD_SECONDS):
                request = Request.read(await reader.readuntil(b"\r\n\r\n"))
            listener = await self._admit(request)
        except BadRequest:
            await _refuse(writer, HTTPStatus.BAD_REQUEST)
        except Refused as refused:
            await _refuse(writer, refused.status)
        except DatabaseFault:
            await _refuse(writer, HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            await self._stream(request, listener, reader, writer)

    async def _admit(self, request: Request) -> Listener:
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        if request.path != addresses.PATH:
            raise Refused(HTTPStatus.NOT_FOUND)
        if request.method != "GET":
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED)
        if not addresses.is_ours(host):
            raise Refused(HTTPStatus.BAD_REQUEST)
        if origin is not None and not addresses.may_read(origin, host):
            raise Refused(HTTPStatus.FORBIDDEN)
        if len(self.hub.listeners) >= MOST_LISTENERS or self._stopping:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
        actor = await self.hub.person(request.session_key) if request.session_key else None
        if actor is None:
            raise Refused(HTTPStatus.UNAUTHORIZED)
        if sum(one.actor.user_id == actor.user_id for one in self.hub.listeners) >= MOST_OF_ONE:
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS)
        return Listener(request.session_key, actor, topics.known(request.query.get("topics", "").split()))

    async def _stream(
        self, request: Request, listener: Listener, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        gone = asyncio.create_task(reader.read(1))  # a browser sends nothing more until it leaves
        gone.add_done_callback(lambda _: listener.end())
        asyncio.gather(gone, return_exceptions=True)  # how they left is of no interest
        try:
            writer.write(_head(HTTPStatus.OK, *STREAM_HEADERS, *_for_origin(request)))
            writer.write(f"retry: {random.randint(1000, 4000)}\n\n".encode())  # noqa: S311 - spreads those who return
            await _send(writer, BEAT, request.since)  # nothing more has been told it yet
            await self.hub.join(listener, request.since)
            await self._pass_on(listener, writer)
            if not gone.done() and not self._stopping:
                await _send(writer, END, clock.now().timestamp())
        finally:
            self.hub.leave(listener)
            gone.cancel()

    async def _pass_on(self, listener: Listener, writer: asyncio.StreamWriter) -> None:
        async for event in listener.events():
            if event != BEAT:
                await self.hub.turn()
                if not await self.hub.may_still_be_told(listener):
                    return
                await _send(writer, event, clock.now().timestamp())
            elif (may := await self.hub.renew(listener)) is False:
                return
            elif may and not listener.is_due:
                await _send(writer, event, self.hub.told_until)


async def _send(writer: asyncio.StreamWriter, event: str, at: float) -> None:
    writer.write(written(event, at))
    async with asyncio.timeout(WRITE_SECONDS):
        await writer.drain()


async def _refuse(writer: asyncio.StreamWriter, status: HTTPStatus) -> None:
    writer.write(_head(status, ("Content-Length", "0")))
    await writer.drain()


def _head(status: HTTPStatus, *headers: tuple[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")


def _for_origin(request: Request) -> list[tuple[str, str]]:
    origin = request.headers.get("origin")
    if origin is None:
        return []
    return [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Vary", "Origin"),
    ]


def serve() -> None:
    """Run until somebody ends it."""
    asyncio.run(Server(Hub()).run(settings.LIVE_PORT))
