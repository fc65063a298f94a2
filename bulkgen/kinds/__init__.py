"""The kinds of job, one file each, and the registry that names them.

Pure. Adding a kind is one file here and one entry in `KINDS`; nothing else on the sheet's side or in the engine
changes.
"""

from __future__ import annotations

from bulkgen.kinds.agent import AGENT
from bulkgen.kinds.avatar import AVATAR
from bulkgen.kinds.cinematic import CINEMATIC
from bulkgen.kinds.clipping import CLIPPING
from bulkgen.kinds.clone import CLONE
from bulkgen.kinds.hyperframes import HYPERFRAMES
from bulkgen.kinds.image import IMAGE_VIDEO
from bulkgen.kinds.kind import Kind
from bulkgen.kinds.life import Life
from bulkgen.kinds.lipsync import LIPSYNC
from bulkgen.kinds.proofread import PROOFREAD
from bulkgen.kinds.speech import SPEECH
from bulkgen.kinds.studio import STUDIO
from bulkgen.kinds.template import TEMPLATE
from bulkgen.kinds.translation import TRANSLATION
from bulkgen.kinds.voice import VOICE

#: In the order in which the columns of a row are asked what it is.
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        TEMPLATE,
        TRANSLATION,
        AVATAR,
        SPEECH,
        IMAGE_VIDEO,
        LIPSYNC,
        CINEMATIC,
        HYPERFRAMES,
        AGENT,
        PROOFREAD,
        STUDIO,
        VOICE,
        CLONE,
        CLIPPING,
    )
}

#: What the engine knows of them.
LIVES: dict[str, Life] = {name: kind.life for name, kind in KINDS.items()}
