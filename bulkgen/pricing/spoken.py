"""How long a text lasts when a voice says it. Pure.

Counted are letters, syllable signs and digits, by how long each takes (`pace`), and what is between them:

* numbers by their words (`numbers`); signs of money, per cent and the like by a word; capitals such as CRM letter by
  letter; links by their letters, dots and slashes;
* the pauses of punctuation, once for signs that stand together, longer for a new paragraph. (`Mr.` gets by its dot what
  its word is longer than its letters.)
* emoji, which most voices pass over and some describe;
* `<break time="1s"/>`, in a plain text too, as HeyGen's voices take it there; in SSML every tag is silent, and
  `<prosody rate>` counts for what is inside it (`ssml`);
* the silence before the first and after the last word.

Not counted: `<say-as>`, which changes how a number is read.

Invariants, for any text: appending to it never lowers any bound (so every part counts for itself, or by the most that a
beginning of it takes); 0 <= low <= likely <= high; speed divides all but the breaks and the silence at the ends.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bulkgen.pricing.numbers import NUMBER, number_seconds
from bulkgen.pricing.pace import Pace, pace_of
from bulkgen.pricing.spread import Spread
from bulkgen.pricing.ssml import parts_of

#: How far voices are from the pace of a language; and from the middling one of letters whose language is not known.
_VOICES = Spread(low=0.74, likely=1.0, high=1.36)
_GUESSED = Spread(low=0.66, likely=1.0, high=1.5)

#: How far they differ in pauses, and in what can be read in several ways: numbers, capitals, signs.
_PAUSES = Spread(low=0.5, likely=1.0, high=1.6)
_READINGS = Spread(low=0.55, likely=1.0, high=1.5)

#: The longest that one break lasts (seconds): engines cut long ones, and HeyGen does not say where.
_BREAKS = (10.0, 60.0, 300.0)

#: An emoji: most voices pass over it, others describe it (seconds).
_EMOJI = Spread(low=0.0, likely=0.0, high=1.5)

#: The silence at the ends (seconds).
_ENDS = Spread(low=0.1, likely=0.5, high=1.2)

#: The letters of a sign's word, and of "double-u" beyond its one; how much longer a capital takes by itself than in a
#: word, in letters; capitals beyond so many are a shouted word.
_SIGN, _DOUBLE_U, _CAPITAL, _CAPITALS = 6, 7, 1.6, 4

#: Seconds of a pause: at the end of a sentence, and of a paragraph; of the other signs.
_END, _PARAGRAPH = 0.4, 0.6
_PAUSE = {"\n": _PARAGRAPH, "\r": _PARAGRAPH, ",": 0.2, "،": 0.2, "、": 0.25, "，": 0.25, ":": 0.25, "：": 0.25,
          ";": 0.3, "–": 0.2, "—": 0.25}  # fmt: skip

_LETTERS = re.compile(r"[^\W\d_]+")
_NO_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalpha())
#: The vowel signs of Indic scripts and of Thai, which are written beside or above a letter.
_MARKS = re.compile("[\u0900-\u0903\u093a-\u094c\u0981-\u0983\u09be-\u09cc\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3005]+")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9d]+")
#: Kana that are a part of the mora before them.
_SMALL = re.compile("[ぁぃぅぇぉゃゅょゎァィゥェォャュョヮ]+")
_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u115f]+")
#: Vowels and last consonants of Korean syllables that are not written as one sign.
_JAMO = re.compile("[\u1160-\u11ff]+")
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3]+")
_HEBREW = re.compile("[\u05d0-\u05ea]+")
#: These two look back from their first sign, not before it: so texts without one are passed over quickly.
_CAPITAL_RUN = re.compile(r"[A-Z](?<![^\W\d_].)[A-Z]+")
_WWW = re.compile(r"[wW](?<!\w.)[wW]{2}\.")
_EMOJIS = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_STOPS = re.compile(r"[.!?…。！？؟।,،、，:：;–—\n\r][.!?…。！？؟।,،、，:：;–—\s]*")
_SIGNS = re.compile(r"[%€$£¥₹&@+=#/°№§<>*|\\~^]")


def spoken_seconds(text: str, *, language: str = "", speed: float = 1.0, ssml: bool = False) -> Spread:
    """How long the text lasts, in seconds.

    `language`: a code or a name; "" where nobody says which it is. `speed`: 1 is the voice's own, 2 twice as fast.
    """
    pace = pace_of(language)
    japanese = pace.japanese or (not pace.chosen and _KANA.search(text) is not None)
    low = likely = high = 0.0
    for part in parts_of(text, ssml=ssml):
        said, rate = _said(part.text, pace, japanese=japanese), speed * part.rate
        low, likely, high = low + said.low / rate, likely + said.likely / rate, high + said.high / rate
        breaks = [min(part.pause, longest) for longest in _BREAKS]
        low, likely, high = low + breaks[0], likely + breaks[1], high + breaks[2]
    ends = _ENDS if text.strip() else Spread.nothing
    return Spread(low=low + ends.low, likely=likely + ends.likely, high=high + ends.high)


@lru_cache(maxsize=1_024)
def _said(text: str, pace: Pace, *, japanese: bool) -> Spread:
    """The seconds of a text without tags, said at normal speed."""
    letters, sure = _letters(text, pace, japanese=japanese)
    numbers = sum(number_seconds(run, pace) for run in NUMBER.findall(text))
    rest = NUMBER.sub("0", text)
    signs = _SIGN * len(_SIGNS.findall(rest)) + 3 * _DOUBLE_U * len(_WWW.findall(rest))
    capitals = sum(min(_CAPITALS, len(run)) for run in _CAPITAL_RUN.findall(rest))
    readings = numbers + (signs + _CAPITAL * capitals) * pace.letter
    pauses = sum(max(_PAUSE.get(sign, 0.0 if sign.isspace() else _END) for sign in run) for run in _STOPS.findall(rest))
    parts = (
        (_VOICES if pace.certain else _GUESSED, letters),
        (_VOICES, sure),
        (_READINGS, readings),
        (_PAUSES, pauses),
        (_EMOJI, 0 if text.isascii() else len(_EMOJIS.findall(text))),
    )
    return Spread(
        low=sum(each.low * seconds for each, seconds in parts),
        likely=sum(each.likely * seconds for each, seconds in parts),
        high=sum(each.high * seconds for each, seconds in parts),
    )


def _letters(text: str, pace: Pace, *, japanese: bool) -> tuple[float, float]:
    """The seconds of letters, and those of signs that show how they are spoken themselves."""
    if text.isascii():
        return len(text.encode().translate(None, _NO_LETTERS)) * pace.letter, 0.0

    letters = "".join(_LETTERS.findall(text))
    han, kana, hangul, jamo = (_count(signs, letters) for signs in (_HAN, _KANA, _HANGUL, _JAMO))
    arabic, hebrew = _count(_ARABIC, letters), _count(_HEBREW, letters)
    sure = han * (pace.kanji if japanese else pace.chinese) + (kana - _count(_SMALL, letters)) * pace.kana
    others = len(letters) + _count(_MARKS, text) - han - kana - hangul - jamo - arabic - hebrew
    abjads = arabic * pace.arabic + hebrew * pace.hebrew
    return others * pace.letter, sure + hangul * pace.hangul + abjads


def _count(signs: re.Pattern[str], text: str) -> int:
    return sum(map(len, signs.findall(text)))
