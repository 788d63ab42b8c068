"""How this program writes its log: one JSON object a line, a fixed sentence and fields."""

import logging
import sys

import structlog


def set_up(*, json: bool = True, least: int = logging.INFO) -> None:
    """Write to standard error, what is of the level `least` or above it.

    Libraries speak from WARNING up, and their sentences are not fixed: only logger and level are kept of them.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_Quietly()]
    root.setLevel(logging.WARNING)


class _Quietly(logging.Handler):
    """A library's warning, without its words: they may hold addresses, ids or what somebody wrote."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger().warning(
            "a library had something to say",
            logger=record.name,
            severity=record.levelname,
            line=record.lineno,
            error=error,
        )
