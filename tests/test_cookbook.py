"""What HeyGen's cookbook makes, each as a sheet: rehearsed from the first check to a second run that makes nothing new.

A use-case is an entry of `USE_CASES`: its sheet, what comes of it, and the files of the person's that it names.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bulkgen.errors import Exit
from bulkgen.kinds import KINDS
from bulkgen.ledger.state import Status
from tests.command import SAMPLES, bulkgen

PHOTO, FILM, SOUND = "media/ann.jpg", "media/tour.mp4", "media/greeting.mp3"


@dataclass(frozen=True, kw_only=True)
class UseCase:
    """`makes`: how many jobs of each kind; `has`: the columns of the results that each of its lines fills; `ends`: how
    all of them stand after a run."""

    sheet: tuple[str, ...]
    makes: Mapping[str, int]
    has: tuple[str, ...] = ("result_video_url",)
    ends: Status = Status.DONE
    files: tuple[str, ...] = field(default=())


USE_CASES = {
    "a personal video for each lead, from a template": UseCase(
        sheet=(
            "template_id,first_name,company,email,enable_sharing",
            "tpl_welcome,Ann,Acme Paper,ann@acme.example,yes",
            "tpl_welcome,José,Panadería Sol,jose@sol.example,yes",
        ),
        makes={"template": 2},
        has=("result_page_url", "result_video_url"),
    ),
    "one message, written once, for each person on a list": UseCase(
        sheet=("avatar,voice,Vorname,Firma,script", *(
            f'Abigail,Anna,{name},{company},"Hi {{{{first_name|there}}}}, how is {{{{company}}}} doing?"'
            for name, company in (("Ann", "Acme"), ("", "Sol"), ("Zoë", "Müller"))
        )),
        makes={"avatar": 3},
    ),
    "one video in several languages": UseCase(
        sheet=("url,languages,title", f"{FILM},Deutsch; es-ES; French,The tour"),
        makes={"translation": 3},
        has=("result_language", "result_video_url", "result_captions_url", "result_vtt_url"),
        files=(FILM,),
    ),
    "HeyGen's own sheet for many translations": UseCase(
        sheet=("title,output_language,url,folder_id", "Tour,Spanish (Spain),https://example.com/tour.mp4,"),
        makes={"translation": 1},
    ),
    "a photo that speaks": UseCase(
        sheet=(
            "photo,script,voice,audio",
            f'{PHOTO},"Thank you for your order.",Anna,',
            f"{PHOTO},,,{SOUND}",
        ),
        makes={"image": 2},
        files=(PHOTO, SOUND),
    ),
    "a batch of voice-overs": UseCase(
        sheet=("text,voice,language", "Press one for sales.,Anna,English", "Oprima dos.,Anna,Spanish"),
        makes={"speech": 2},
        has=("result_audio_url", "result_file"),
    ),
    "a clip with a new recording": UseCase(
        sheet=("video,recording,mode", f"{FILM},{SOUND},speed"),
        makes={"lipsync": 1},
        files=(FILM, SOUND),
    ),
    "the opening of a film, from a prompt": UseCase(
        sheet=("prompt,avatar,references,duration", f"A street at dusk in the rain.,Abigail; Daniel,{PHOTO},8"),
        makes={"cinematic": 1},
        files=(PHOTO,),
    ),
    "upright clips with captions": UseCase(
        sheet=("avatar_id,script,aspect_ratio,caption", "look_lucia,Three mistakes in e-mails.,9:16,yes"),
        makes={"avatar": 1},
        has=("result_captioned_video_url", "result_video_url", "result_captions_url"),
    ),
    "the news of the day for each region": UseCase(
        sheet=(
            "avatar_id,date,region,script",
            *(f'look_daniel,4 May,{region},"It is {{{{date}}}}, good morning {{{{region}}}}."' for region in "NSW"),
        ),
        makes={"avatar": 3},
    ),
    "a film and its voice-over from one sheet": UseCase(
        sheet=(
            "type,avatar_id,script,text,voice_id",
            "avatar,look_abigail,Welcome on board.,,voice_anna",
            "speech,,,Welcome on board.,voice_anna",
        ),
        makes={"avatar": 1, "speech": 1},
        has=(),
    ),
    "a card of figures for each customer": UseCase(
        sheet=("project,name,points,accent,crm", "card/,Ann,1250,#7c3aed,007", "card/,Zoë,980,,008"),
        makes={"hyperframes": 2},
        files=("card",),
    ),
    "a lesson of several scenes": UseCase(
        sheet=(
            "scene1.avatar_id,scene1.script,scene2.image,scene2.duration,first_name",
            f'look_abigail,"Welcome, {{{{first_name}}}}.",{PHOTO},4,Ann',
        ),
        makes={"studio": 1},
        files=(PHOTO,),
    ),
    "a lesson, a row for each of its scenes": UseCase(
        sheet=("scene_of,avatar_id,script,image,duration", "lesson,look_abigail,Welcome.,,", f"lesson,,,{PHOTO},4"),
        makes={"studio": 1},
        files=(PHOTO,),
    ),
    "a product update from a few words": UseCase(
        sheet=("type,prompt,files,orientation", f"agent,A product update in half a minute.,{PHOTO},landscape"),
        makes={"agent": 1},
        has=("result_session_id", "result_video_url"),
        files=(PHOTO,),
    ),
    "a translation that somebody reads first": UseCase(
        sheet=("type,title,video,output_languages", f"proofread,The tour,{FILM},German; French"),
        makes={"proofread": 2},
        has=("result_session_id", "result_error"),
        ends=Status.REVIEW,
        files=(FILM,),
    ),
    "short clips out of a webinar": UseCase(
        sheet=("type,title,video,output_settings.duration_types", f"clipping,Webinar,{FILM},30"),
        makes={"clipping": 1},
        files=(FILM,),
    ),
    "a voice of one's own, and what it says": UseCase(
        sheet=(
            "type,row_id,prompt,text,voice_id,audio,voice_name",
            "voice,narrator,A warm narrator,,,,",
            f"clone,anna,,,,{SOUND},Anna",
            "speech,s-1,,Hello.,@anna,,",
        ),
        makes={"voice": 1, "clone": 1, "speech": 1},
        has=(),
        files=(SOUND,),
    ),
}  # fmt: skip

RECIPES = {name: case for name, case in USE_CASES.items() if case.makes.keys() <= KINDS.keys()}


@pytest.fixture(params=list(RECIPES))
def case(request: pytest.FixtureRequest, tmp_path: Path) -> UseCase:
    found = RECIPES[request.param]
    (tmp_path / "leads.csv").write_text("\n".join(found.sheet) + "\n", encoding="utf-8")
    for name in found.files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        copy = shutil.copytree if (SAMPLES / name).is_dir() else shutil.copy
        copy(SAMPLES / name, tmp_path / name)
    return found


def told(folder: Path, command: str, code: Exit = Exit.OK) -> dict[str, Any]:
    done = bulkgen(folder, command, "leads.csv", "--sandbox", "--json")
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == code, done.stdout
    return found


def test_it_is_checked_made_and_not_made_twice(tmp_path: Path, case: UseCase) -> None:
    jobs, code = sum(case.makes.values()), Exit.OK if case.ends is Status.DONE else Exit.NOT_FINISHED
    checked = told(tmp_path, "check")
    assert (checked["mistakes"], checked["to_send"]) == ([], jobs)
    assert len(checked["uploads"]["files"]) == len(case.files)
    made = told(tmp_path, "run", code)
    assert Counter(kind for kind, _ in {(job["kind"], job["id"]) for job in made["jobs"]}) == case.makes
    assert {job["status"] for job in made["jobs"]} == {case.ends}
    for column in case.has:
        assert all(job[column.removeprefix("result_")] for job in made["jobs"]), column
    again = told(tmp_path, "run", code)
    assert (again["new"], again["to_send"], again["counts"]) == (0, 0, made["counts"])


def test_every_kind_has_a_use_case() -> None:
    told_of = {kind for case in RECIPES.values() for kind in case.makes}
    assert told_of == KINDS.keys()
