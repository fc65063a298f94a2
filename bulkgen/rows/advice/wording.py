"""What is odd about one text that will be spoken or shown: a field left in, a missing name, an emoji.

Pure, and of one text alone: what it takes the other rows to see is in `people`. Nothing here is ever a reason to
refuse a row.

Most texts have nothing of the kind, so each search begins with a look for the character that it can't do without.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from bulkgen.kinds.columns import match_key
from bulkgen.model import Issue, shorten, warning

#: What programs write where they have no value. Names such as Na and Null are left alone.
_STAND_INS = frozenset(
    {"n/a", "n.a.", "(none)", "(null)", "(blank)", "undefined", "tbd", "tbc", "-", "--", "—", "?", "??"}
    | {"#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!"}
)
_EXACT_STAND_INS = frozenset({"NA", "na", "NULL", "null", "None", "NONE", "none", "nan", "NaN", "NAN", "<NA>", "NaT"})

_ERROR_VALUE = re.compile(r"#(?:REF!|N/A\b|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)")

#: Fields as other programs write them: {name}, {{name}, ${name}, [[Name]], <<Name>>, «Name», *|NAME|*, %NAME%.
_FIELD = re.compile(
    r"""\$?\{\{?[\s!$]*(?P<braces>[^\W\d][\w .|:-]{0,60}?)\s*\}\}?
      | \[\[?\s*(?P<brackets>[^\W\d][\w .-]{0,60}?)\s*\]\]?
      | <<\s*(?P<angles>[^\W\d][\w .-]{0,60}?)\s*>>
      | «(?P<quotes>[^\W\d]\w*(?:[ .-]\w+){0,2})»
      | \*\|(?P<stars>[^|\n]{1,60})\|\*
      | %%(?P<doubles>[A-Za-z][\w .-]{0,60}?)%%
      | %(?P<percents>[A-Za-z][\w.]{2,60})%
    """,
    re.VERBOSE,
)
_LITERAL = frozenset({"braces", "stars", "doubles", "percents"})
_STRAY = re.compile(r"\{\{|\}\}")
#: Any of these begins with one of them.
_SIGN = re.compile(r"[{\[<«*%}]")

#: In brackets there are also stage directions, between guillemets speech: there only such words make a field.
_FIELD_WORD = re.compile(
    r"\b(?:(?:first|last|f|l|sur)?name|company|firm|e?mail|customer|client|contact|recipient|your|insert|vorname|"
    r"nachname|firma|kunde|pr[eé]nom|nom|entreprise|nombre|apellido|empresa|nome|cognome|azienda)\b",
    re.IGNORECASE,
)

_GREETINGS = (
    r"hi|hello|hey|hiya|dear|welcome|greetings|good\s(?:morning|afternoon|evening)|thanks|thank\syou|"
    r"hallo|lieber?|liebe\(r\)|sehr\sgeehrter?|guten\s(?:morgen|tag|abend)|hola|estimad[oa]|querid[oa]|ciao|car[oa]|gentile|"
    r"buongiorno|ol[áa]|prezad[oa]|oi|beste|geachte|hej|hei|cześć"
)
_TITLES = r"mr|mrs|ms|miss|dr|prof|herr|frau|señora?|sr|sra|monsieur|madame|mme|signora?|sig"
#: French sets a blank before ! and so may its greetings: only the comma gives them away.
_NOBODY = re.compile(
    rf"(?<!\w)(?:(?:{_GREETINGS})(?:[ \t]+(?:{_TITLES})\b\.?)?[ \t]+(?:[,!]|\.(?!\.)|[:;](?=\s|$))"
    rf"|(?:bonjour|bonsoir|salut|ch[eè]re?)(?:[ \t]+(?:{_TITLES})\b\.?)?[ \t]+,)",
    re.IGNORECASE,
)
_GAP = re.compile(r"[ \t][,!.]| [:;]")
_GREETED = "null|NULL|None|NONE|nan|NaN|undefined|N/A|n/a|NA"
_STAND_IN = re.compile(_GREETED)
_STAND_IN_GREETED = re.compile(
    rf"(?<!\w)(?i:{_GREETINGS}|bonjour|bonsoir|salut|ch[eè]re?)[ \t]+(?:{_GREETED})[ \t]*[,!.:;]"
)
#: A greeting stands at the beginning: so many characters are searched for it.
_BEGINNING = 500

_TAG = re.compile(r"</?[A-Za-z][\w:-]*(?:\s[^<>]*)?/?>")
_WEB = re.compile(
    r"(?:https?|ftp)://\S|(?<![\w@.])www\.\w|(?<![\w@.])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}/[\w?#~]", re.IGNORECASE
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

_PICTURES = "\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\u2b1b\u2b1c\u231a\u231b\u23e9-\u23fa"
_EMOJI = re.compile(
    f"[{_PICTURES}][\U0001f3fb-\U0001f3ff\ufe0f\u200d\u20e3\u2640\u2642]*|[0-9#*]\ufe0f?\u20e3",
)
_UNSEEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u180e\u200b\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffc"
_HIDDEN = re.compile(f"[{_UNSEEN}]")
#: Right and needed in scripts from Hebrew to Khmer, invisible litter elsewhere.
_JOINERS = re.compile("[\u200c-\u200f]")
_NEEDS_JOINERS = re.compile("[\u0590-\u1fff]")
#: UTF-8 that somebody read as Windows-1252 (é becomes Ã©, ’ becomes â€™), and what can't be read at all.
_GARBLED = re.compile("Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ]|â€[™œ\u009d“”¦¢˜]|\ufffd")
#: Any of the above begins with one of these.
_UNUSUAL = re.compile(f"[{_UNSEEN}{_PICTURES}\u200c-\u200f\u20e3Ãâ\ufffd]")


def oddities(text: str, *, fields: Collection[str] = (), address: bool = False) -> list[Issue]:
    """What is odd about the text. `fields`: the headers, as `match_key` has them; `address`: it may hold one."""
    if is_stand_in(text):
        fix = "Type the real value, or clear the cell."
        return [warning(code="stand_in", cause="stands in for a missing value", fix=fix)]

    found = []
    if "#" in text and _ERROR_VALUE.search(text):
        fix = "Correct its formula, or type the value."
        found.append(warning(code="spreadsheet_error", cause="holds an error of the spreadsheet", fix=fix))
    field = _left_field(text, fields)
    if field:
        found.append(field)
    if not address:
        found += _addresses(text)
    if not text.isprintable() or not text.isascii():
        found += _characters(text)
    return found


def is_stand_in(text: str) -> bool:
    word = text.strip()
    return len(word) < 12 and (word in _EXACT_STAND_INS or word.casefold() in _STAND_INS)


def nobody_greeted(text: str) -> Issue | None:
    """A greeting that lacks its name: `Hi ,`, or `Hi null,`. The text is the one that will be spoken."""
    head = text[:_BEGINNING]
    match = _NOBODY.search(head) if _GAP.search(head) else None
    if match is None and _STAND_IN.search(head):
        match = _STAND_IN_GREETED.search(head)
    if match is None:
        return None

    excerpt = shorten(text[match.start() : match.start() + 60], 40)
    fix = "Fill in the name, or write the field with a fallback: {{first_name|there}}."
    return warning(code="greets_nobody", cause="greets nobody: a name is missing", fix=fix, value=excerpt)


def _left_field(text: str, fields: Collection[str]) -> Issue | None:
    if not _SIGN.search(text):
        return None

    for match in _FIELD.finditer(text):
        name = match[match.lastgroup or 0].partition("|")[0].strip()
        known = match_key(name) in fields
        if match.lastgroup not in _LITERAL and not known and not _FIELD_WORD.search(name.replace("_", " ")):
            continue

        fix = (
            f"Write it as {{{{{shorten(name, 40)}}}}}: then it is filled from that column."
            if known
            else "Fill it in, or write the header of a column between two braces: {{first_name}}."
        )
        return warning(code="field_left_in", cause=f"still holds the field {shorten(match[0], 50)}", fix=fix)

    stray = _STRAY.search(text)
    if stray:
        fix = "Correct the field to {{first_name}}, or take it out."
        return warning(code="field_left_in", cause=f"still holds {stray[0]}, which belongs to no field", fix=fix)

    return None


def _addresses(text: str) -> list[Issue]:
    found = []
    bare = _TAG.sub(" ", text) if "<" in text else text  # SSML is not spoken
    if ("/" in bare or "www." in bare.casefold()) and _WEB.search(bare):
        cause, fix = "holds a web address, which a voice would spell out", "Say in words where to go, or leave it out."
        found.append(warning(code="web_address", cause=cause, fix=fix))
    if "@" in bare and _MAIL.search(bare):
        cause, fix = "holds an e-mail address, which a voice would spell out", "Say it in words, or leave it out."
        found.append(warning(code="mail_address", cause=cause, fix=fix))
    return found


def _characters(text: str) -> list[Issue]:
    if not _UNUSUAL.search(text):
        return []

    found = []
    bare = text
    if not text.isascii():
        bare, count = _EMOJI.subn("", text)
        if count:
            cause = "holds an emoji, which a voice swallows or describes"
            found.append(warning(code="emoji", cause=cause, fix="Take it out."))
        if _GARBLED.search(text):
            cause = "holds garbled letters, as from a wrong encoding"
            fix = "Type the letters again, or export the sheet as UTF-8."
            found.append(warning(code="garbled", cause=cause, fix=fix))
    hidden = _HIDDEN.search(bare)
    if hidden is None and not _NEEDS_JOINERS.search(bare):
        hidden = _JOINERS.search(bare)
    if hidden:
        cause = f"holds a character that can't be seen (U+{ord(hidden[0]):04X})"
        fix = "Type the text again, or paste it as plain text."
        found.append(warning(code="hidden_character", cause=cause, fix=fix))
    return found
