"""Asking, over the network, whether something runs and how it is."""

import http.client
import json
import socket


def health(port: int) -> dict[str, str] | None:
    """What ``/healthz`` says; None if nothing answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        found: dict[str, str] = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, json.JSONDecodeError):
        return None
    finally:
        connection.close()
    return found


def is_listening(port: int) -> bool:
    """Whether some program answers at this port.

    Trying to bind it would not tell: connections of a server killed a moment ago make that fail for a minute,
    but do not hinder granian.
    """
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            # Connecting to a free port of the ephemeral range can, by chance, connect a socket to itself.
            return bool(connection.getsockname() != connection.getpeername())
    except OSError:
        return False
