"""The module Django looks for in a backend."""

import select

from django.db.backends.postgresql import base
from psycopg import pq


class DatabaseWrapper(base.DatabaseWrapper):
    """Asked before each request whether its connection is still good (``CONN_HEALTH_CHECKS``), Django sends a statement
    and waits. A server that went away has closed its end, and that can be seen without asking."""

    def is_usable(self) -> bool:
        """Whether nothing has come unasked: the end of the line, or the server's farewell. A mere notice counts as well;
        it costs a new connection and no more."""
        connection = self.connection
        if connection is None or connection.closed or connection.info.transaction_status != pq.TransactionStatus.IDLE:
            return False
        line = select.poll()
        line.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not line.poll(0)
