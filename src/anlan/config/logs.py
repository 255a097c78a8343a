"""Logs: one JSON object a line, in every process, without secrets."""

import logging
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET_WORDS = ("password", "passwd", "secret", "token", "authorization", "cookie", "session_key", "conninfo")
HIDDEN = "[已隐去]"


def hide_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace the values of fields whose name says that they are secret."""
    for name in event:
        if any(word in name.lower() for word in SECRET_WORDS):
            event[name] = HIDDEN
    return event


def _shared(process: str) -> list[Processor]:
    def add_process(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_process,
        hide_secrets,
    ]


def configure_structlog(process: str) -> None:
    """structlog's own loggers go through the standard library, so both kinds end in the same lines."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(process),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def django_logging(*, process: str) -> dict[str, Any]:
    """Django's LOGGING: JSON to standard error, which the supervisor keeps in a file."""
    configure_structlog(process)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _shared(process),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "procrastinate": {"level": "WARNING"},
        },
    }


def log_to(stream: Any, *, process: str) -> None:
    """The same for a process without Django: the supervisor."""
    configure_structlog(process)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(process),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
