"""Whether the page that HeyGen gives a video is open to everybody.

Pure. A page is public where the request said so; where it did not, or can't, a person opens it by hand at HeyGen.
"""

from __future__ import annotations

from bulkgen.kinds.kind import Kind
from bulkgen.model import Job

#: The field that says it, and so the name of its column.
SHARING = "enable_sharing"


def can_share(kind: Kind) -> bool:
    """Whether the requests of a kind can say it."""
    return SHARING in kind.request.model_fields


def is_shared(job: Job) -> bool:
    return getattr(job.request, SHARING, False) is True


def says_sharing(job: Job) -> bool:
    """Whether the person has said either."""
    return SHARING in job.request.model_fields_set
