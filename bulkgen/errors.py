"""Every error that bulkgen raises on purpose, and the exit code each one ends a run with.

    BulkgenError
    ├── InputError         the sheet, an option or a setting is wrong; nothing was sent
    │   ├── SheetUnclear   a workbook has several sheets, and nobody said which is meant
    │   └── Declined       the person looked at the plan and said no
    ├── CredentialError    no usable API key
    ├── LockedError        another run holds this sheet
    ├── LedgerError        the resume file can't be used
    │   └── NoRoom         the disk has no room for the records of another job
    ├── LinkGone           a result's link no longer works
    │   └── LinkUnfit      it is none that is followed
    ├── Interrupted        Ctrl-C, SIGTERM, a closed terminal
    ├── TimeIsUp           the time that the person gave the run has passed
    ├── CapReached         one more job could cost more than the person allows
    ├── Unexpected         a mistake of bulkgen's own, in the middle of a run
    └── ApiError           HeyGen's answer, or the lack of one
        ├── Refused        this request, as it stands, will not be accepted
        ├── Blocked        the account can't go on; every further request would meet the same
        │   ├── Unauthorized
        │   ├── Forbidden
        │   └── OutOfCredit
        ├── RateLimited    too many requests or too many jobs at once
        └── Lost           no answer that says what HeyGen did
            └── Unreachable   no connection, so the request never left

A mistake in a row is not an exception: it is a `model.Issue`, collected and shown with all the others.
Messages are for the person who typed the command. They never hold an API key or a presigned link.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes, with what each says; scripts and cron jobs rely on them."""

    about: str

    OK = 0, "all rows done, or nothing new"
    UNEXPECTED = 1, "something bulkgen was not made for, or its output could not be written"
    MISTAKES = 2, 'mistakes in the sheet or the command, or "no" at the question: nothing was sent'
    SOME_FAILED = 3, "some rows failed, are invalid or unknown"
    NOT_FINISHED = 4, "not finished: still rendering or queued, files missing, or HeyGen did not answer; run again"
    MAX_COST = 5, "stopped at a limit on the cost, or rows left out by one"
    OUT_OF_CREDIT = 6, "out of credit or quota"
    KEY = 7, "the key is missing, refused, or lacks a permission"
    LOCKED = 8, "another run is at work on this sheet, or has taken it over"
    RESUME_FILE = 9, "the resume file can't be used (disk full, damaged, another account's)"
    INTERRUPTED = 130, "interrupted"

    def __new__(cls, code: int, about: str) -> Exit:
        member = int.__new__(cls, code)
        member._value_ = code
        member.about = about
        return member


#: Where several hold at the end of a run, the first of these is the one told.
PRECEDENCE = (
    Exit.INTERRUPTED,
    Exit.RESUME_FILE,
    Exit.LOCKED,
    Exit.UNEXPECTED,
    Exit.KEY,
    Exit.OUT_OF_CREDIT,
    Exit.MAX_COST,
    Exit.NOT_FINISHED,
    Exit.SOME_FAILED,
)


class BulkgenError(Exception):
    """The root; `exit_code` is what the command ends with."""

    exit_code = Exit.UNEXPECTED


class InputError(BulkgenError):
    """The sheet, an option or a setting is wrong; nothing was sent."""

    exit_code = Exit.MISTAKES


class SheetUnclear(InputError):
    """A workbook has several sheets, and nobody said which is meant; `names`: those that anyone sees."""

    def __init__(self, message: str, names: Sequence[str]) -> None:
        super().__init__(message)
        self.names = names


def no_network(error: Exception) -> InputError:
    """What to say where no connection can be prepared, whomever it is to."""
    return InputError(
        f"The network settings of this computer can't be used ({error}). Look at the environment variables "
        "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE, as far as they are set."
    )


def without_extra(what: str, extra: str) -> InputError:
    """What to say where the packages of an extra are not installed; `what` needs them: `Notices need`."""
    return InputError(
        f"{what} packages that are not installed here. Type: pip install 'bulkgen[{extra}]' (or, where uv has "
        f"installed bulkgen: uv tool install 'bulkgen[{extra}]'). Nothing was sent."
    )


class Declined(InputError):
    """The person looked at the plan and said no."""


class CredentialError(BulkgenError):
    """There is no API key to use, or its file can't be read."""

    exit_code = Exit.KEY


class LockedError(BulkgenError):
    """Another run holds this sheet."""

    exit_code = Exit.LOCKED


class LedgerError(BulkgenError):
    """The resume file is damaged, newer, of another account, or can't be written."""

    exit_code = Exit.RESUME_FILE


class NoRoom(LedgerError):
    """The disk has no room for the records of another job; those of what was sent still find theirs."""


class LinkGone(BulkgenError):
    """The storage host says definitely that a result's link no longer works."""


class LinkUnfit(LinkGone):
    """A link that is not followed: it leads to no public web address."""


class Interrupted(BulkgenError):
    """The person, or the system, asked the run to stop."""

    exit_code = Exit.INTERRUPTED


class TimeIsUp(BulkgenError):
    """The time that the person gave the run has passed."""

    exit_code = Exit.NOT_FINISHED


class CapReached(BulkgenError):
    """One more job could cost more than the person allows.

    `needed`: what it may cost at most, None where nobody knows; `left`: what may still be spent. Both in the currency
    of the account.
    """

    exit_code = Exit.MAX_COST

    def __init__(self, message: str, *, needed: float | None, left: float = 0.0) -> None:
        super().__init__(message)
        self.needed = needed
        self.left = left


class Unexpected(BulkgenError):
    """A mistake of bulkgen's own; `error`, its cause, is what only whoever corrects it can read."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(
            f"bulkgen met something it was not made for ({type(error).__name__}: {str(error)[:200]}). "
            "What was sent is in the resume file: the next run goes on from there."
        )
        self.__cause__ = error


class ApiError(BulkgenError):
    """What HeyGen answered, or that it did not.

    `code` is HeyGen's machine word ("" where it gave none), `status` the HTTP status (0 without an answer),
    `param` the field it names, `request_id` what its support asks for.
    """

    exit_code = Exit.NOT_FINISHED

    def __init__(self, message: str, *, code: str = "", status: int = 0, param: str = "", request_id: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.param = param
        self.request_id = request_id


class Refused(ApiError):
    """This request, as it stands, will not be accepted: the row has to change."""

    exit_code = Exit.SOME_FAILED


class Blocked(ApiError):
    """The account can't go on: sending more would only meet the same answer."""


class Unauthorized(Blocked):
    """The key is wrong, expired or withdrawn."""

    exit_code = Exit.KEY


class Forbidden(Blocked):
    """The key lacks a permission."""

    exit_code = Exit.KEY


class OutOfCredit(Blocked):
    """The balance, the quota or the plan does not cover the request."""

    exit_code = Exit.OUT_OF_CREDIT


class RateLimited(ApiError):
    """Too many requests, or too many jobs at once; `retry_after` in seconds, None where HeyGen gave none."""

    def __init__(self, message: str, *, retry_after: float | None = None, code: str = "", status: int = 429) -> None:
        super().__init__(message, code=code, status=status)
        self.retry_after = retry_after


class Lost(ApiError):
    """No answer that says what HeyGen did: a dropped connection, a time-out, a 5xx, a body that is no answer."""


class Unreachable(Lost):
    """No connection was made, so the request never left this computer: HeyGen did nothing."""


def cause(group: ExceptionGroup[Exception]) -> Exception:
    """The one error that a group of tasks ended with: the first of bulkgen's own, else the first.

    Stands for `except*`: what was raised inside of one came out in a group before Python 3.11.4
    (https://github.com/python/cpython/issues/103590).
    """
    errors = list(_single(group))
    return next((error for error in errors if isinstance(error, BulkgenError)), errors[0])


def _single(group: ExceptionGroup[Exception]) -> Iterator[Exception]:
    for error in group.exceptions:
        if isinstance(error, ExceptionGroup):
            yield from _single(error)
        else:
            yield error
