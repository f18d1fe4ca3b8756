"""What the site writes about its work: one line per event, and never what people wrote, sent or are."""

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from logging.config import dictConfig
from pathlib import Path

from flask import Flask, Response, g, request
from sqlalchemy.exc import IntegrityError

from solicit.db import violated_constraint

requests = logging.getLogger("solicit.requests")

HERE = Path(__file__).parents[2]
# The queue's own sentences hold the arguments of jobs, such as texts of letters.
TELLS_ARGUMENTS = "procrastinate"
DEEPEST = 12


def install_logs(app: Flask, *, log_format: str, level: str) -> None:
    """Write to standard error as the settings say, and a line for each request."""
    formatter = {"()": JsonLines if log_format == "json" else PlainLines}
    dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"lines": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "stream": sys.stderr}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": {"solicit": {"level": level.upper()}, "flask-limiter": {"level": "WARNING"}},
        }
    )
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    """The endpoint and not the address: an address may hold a key, or what somebody looked for."""
    took = (time.perf_counter() - g.began) * 1_000 if "began" in g else 0
    facts = {"endpoint": request.endpoint or "none", "method": request.method, "status": response.status_code}
    requests.info("request", extra={"facts": facts | {"ms": round(took, 1)}})
    return response


class PlainLines(logging.Formatter):
    """Lines for people who watch a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        event = event_of(record)
        facts = " ".join(f"{key}={value}" for key, value in event.items() if key not in FRAME)
        line = f"{event['time']} {event['level']} {event['logger']}: {event['event']} {facts}".rstrip()
        return "\n".join([line, *(f"  {place}" for place in event.get("places", ()))])


class JsonLines(logging.Formatter):
    """One JSON object a line, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(event_of(record), ensure_ascii=False)


FRAME = ("time", "level", "logger", "event", "places")


def event_of(record: logging.LogRecord) -> dict:
    """What is written of a record."""
    event = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": _sentence(record),
    }
    error = record.exc_info[1] if record.exc_info else None
    return event | getattr(record, "facts", {}) | (_fault(error) if error else {})


def _sentence(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] != TELLS_ARGUMENTS:
        return record.getMessage()
    job = getattr(record, "job", None) or {}
    return f"{getattr(record, 'action', 'queue')} {job.get('task_name', '')} {job.get('id', '')}".rstrip()


def _fault(error: BaseException) -> dict:
    """Which error and where; not its sentence, which may quote what somebody sent."""
    kinds, places = [], []
    while error is not None and len(kinds) < DEEPEST:
        kinds.append(_kind(error))
        frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
        places += [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
        error = error.__cause__ or error.__context__
    return {"error": " from ".join(kinds), "places": places}


def _kind(error: BaseException) -> str:
    constraint = violated_constraint(error) if isinstance(error, IntegrityError) else None
    return type(error).__name__ + (f"({constraint})" if constraint else "")


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(HERE)) if path.is_relative_to(HERE) else "/".join(path.parts[-3:])
