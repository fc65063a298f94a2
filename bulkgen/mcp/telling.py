"""What of an error reaches the model, and what the log of the server has of it.

bulkgen's own errors are told as they are; of any other one only that it was met. No text of a cell gets into the log:
what Python says of an error may quote one, so the log has the error's name and where it was met.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable
from functools import wraps
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import MCPServerError, ToolError
from mcp.shared.exceptions import MCPError

from bulkgen.errors import BulkgenError
from bulkgen.mcp.desk import Desk

P = ParamSpec("P")
T = TypeVar("T")

#: A tool's context: what its server shares.
Here = Context[Desk, Any]

_LOG = logging.getLogger("bulkgen.mcp")


def desk_of(here: Here) -> Desk:
    return here.request_context.lifespan_context


def tool(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """A function as a tool, or part of one: with a parameter `here`, closed after `--expires`, and with errors that a
    model can read."""

    @wraps(function)
    async def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        here = kwargs["here"]
        assert isinstance(here, Context)
        try:
            desk_of(here).confirm_open()
            return await function(*args, **kwargs)
        except (MCPServerError, MCPError):
            raise
        except BulkgenError as error:
            raise ToolError(str(error)) from None
        except Exception as error:  # noqa: BLE001 - what else reaches the model might quote anything
            raise ToolError(unexpected(function.__name__, error)) from None

    return wrapped


def unexpected(name: str, error: Exception) -> str:
    """What is said of a mistake of bulkgen's own; where it was met goes to the log."""
    _LOG.error("%s met %s", name, met(type(error), error.__traceback__))
    return (
        f"bulkgen met something it was not made for ({type(error).__name__}). What was sent is in the resume file; "
        "sheet_status says how the sheet stands. The server's log says where it happened."
    )


def met(kind: type[BaseException], trace: TracebackType | None) -> str:
    """An error's name, and the lines of code that led to it: nothing that it says itself."""
    places = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]
    return " < ".join([kind.__name__, *reversed(places)])


class PlainFormatter(logging.Formatter):
    """One line for each entry, and of an error no more than `met` tells."""

    def formatException(self, ei: Any) -> str:
        return met(ei[0], ei[2])


def log_plainly() -> None:
    """Has warnings and errors of all libraries written to standard error. It comes before the SDK's own handler, which
    would write tracebacks with all their values."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlainFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
