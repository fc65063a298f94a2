"""What a request says: its Idempotency-Key, its JSON, and its JSON as one of the kinds' models.

All of it raises `Refusal` for what HeyGen would not read.
"""

from __future__ import annotations

import json
import re
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bulkgen.sandbox.messages import Refusal, Request, invalid
from bulkgen.sandbox.settings import Body

#: The largest body that is read (bytes).
BODY_LIMIT = 32 * 1024 * 1024

Model = TypeVar("Model", bound=BaseModel)


def read_key(request: Request) -> str:
    """The Idempotency-Key; "" without one."""
    key = request.key
    if key is not None and not re.fullmatch(r"[A-Za-z0-9_\-:.]{1,255}", key):
        raise invalid("An Idempotency-Key has 1 to 255 letters, digits or any of _ - : .", "Idempotency-Key")

    return key or ""


def read_body(request: Request) -> Body:
    if len(request.body) > BODY_LIMIT:
        raise Refusal(413, "payload_too_large", f"The body is larger than {BODY_LIMIT // 1024**2} MB.")

    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise invalid("The body is no JSON." if request.body else "The body is empty.") from None

    if not isinstance(body, dict):
        raise invalid("The body is no JSON object.")

    return body


def read_as(model: type[Model], body: Body) -> Model:
    """The body as this request."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in found["loc"])
        said = "is missing" if found["type"] == "missing" else f"is refused: {found['msg']}"
        raise invalid(f"{place} {said}.", str(found["loc"][0]) if found["loc"] else None) from None
