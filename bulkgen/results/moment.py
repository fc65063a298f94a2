"""What bulkgen says of a job in a line of a results file, told apart from what a person typed there.

Pure. The resume file may be of another moment than a results file (an older copy of it, or one whose jobs were found
again): then the two differ in bulkgen's own columns, and nobody has changed anything.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from bulkgen.ledger.state import Status
from bulkgen.result_columns import GONE, HIDDEN, LEFT, TOLD_TO_SKIP, ResultColumn
from bulkgen.results.words import tells_of_before

_STATUS, _ERROR, _ID = ResultColumn.STATUS.value, ResultColumn.ERROR.value, ResultColumn.ID.value
_FINISHED_AT = ResultColumn.FINISHED_AT.value


def is_bulkgens(told: Mapping[str, str]) -> bool:
    """Whether the texts of a line, by the names of bulkgen's columns, fit each other as those that it writes do."""
    status, error = told.get(_STATUS, ""), told.get(_ERROR, "")
    match status:
        case Status.DONE:
            return not error or _stands_beside_a_result(error)
        case Status.FAILED | Status.UNKNOWN | Status.REVIEW | Status.INVALID:
            return bool(error)
        case Status.RENDERING | Status.QUEUED:
            return bool(error) or not told.get(_FINISHED_AT)
        case _:
            return status == Status.SKIPPED


def is_of_another_moment(told: Mapping[str, str], now: Mapping[str, str], ids: Container[str]) -> bool:
    """Whether bulkgen said all this of a job of which it says something else now; `ids`: all of the new results.

    A word of bulkgen's typed by a person leaves the reason beside it, or an id of another row, as they are.
    """
    status, error, job_id = (told.get(name, "") != now.get(name, "") for name in (_STATUS, _ERROR, _ID))
    if not is_bulkgens(told) or (job_id and told.get(_ID, "") in ids):
        return False

    if status:
        return error or not told.get(_ERROR)

    if told.get(_STATUS) == Status.SKIPPED and not told.get(_ERROR):  # earlier releases did not say why
        return error

    return job_id or _stands_beside_a_result(told.get(_ERROR, ""))


def _stands_beside_a_result(error: str) -> bool:
    return tells_of_before(error) or any(words in error for words in (LEFT, HIDDEN, TOLD_TO_SKIP, GONE))
