"""What keeps a file of this computer from being read, though it is there. Pure."""

from __future__ import annotations

import os

from bulkgen.model import Issue

#: Of a file that a cloud holds, and that is fetched when it is opened: on Windows, and on a Mac.
_RECALLED = 0x00001000 | 0x00040000 | 0x00400000
_DATALESS = 0x40000000

NOT_HERE = Issue(
    code="file_unusable",
    cause="names a file that is only in the cloud (OneDrive, iCloud, Dropbox), not on this computer",
    fix='Right-click it and choose "Always keep on this device" (on a Mac: "Download Now"), then try again.',
)
CHANGING = Issue(
    code="file_unusable",
    cause="names a file that is being changed right now",
    fix="Wait until it is saved or copied, then try again.",
)


def is_in_cloud(told: os.stat_result) -> bool:
    """Whether the content would have to be fetched first: a placeholder of OneDrive, iCloud or the like."""
    windows, mac = getattr(told, "st_file_attributes", 0), getattr(told, "st_flags", 0)
    return bool(windows & _RECALLED) or bool(mac & _DATALESS)
