"""How fast the languages are spoken: how long a letter, a syllable sign and a digit take. Pure.

Sources of the rates:

* Letters a minute, read aloud by natives (25 to 36 of each language): S. Trauzettel-Klosinski, K. Dietz, "Standardized
  Assessment of Reading Performance: The New International Reading Speed Texts IReST", 2012
  (https://doi.org/10.1167/iovs.11-8284); Greek: A. Gleni and others, 2019 (https://doi.org/10.1097/OPX.0000000000001434).
  Blanks are no letters there.
* Syllables a second of Mandarin (5.18) and Japanese (7.84), without pauses: F. Pellegrino, C. Coupé, E. Marsico, "A
  Cross-Language Perspective on Speech Information Rate", 2011 (https://doi.org/10.1353/lan.2011.0057).

Assumed: a voice takes its time, where those readers hurried (`UNHURRIED`, which with the pauses makes about 160 English
words a minute: within the 150 to 180 that narration is told to have); Mandarin and Japanese are said about a tenth
slower than in the second source; a Chinese character is a syllable, a kanji 1.85 morae (IReST's Japanese texts have
1.25 morae a sign, and some three signs in ten may be kanji), a Korean syllable lies between; languages without a figure
are like the others that are written with letters, with a wider range. None of it was measured at HeyGen: what a
person's own videos show replaces it (`learned`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from bulkgen.kinds.languages import language_code

#: A voice's pace as a part of that of people who read aloud fast.
UNHURRIED = 0.8

_LETTERS_A_MINUTE = {
    "de": 920, "el": 1049, "en": 987, "es": 1025, "fi": 1078, "fr": 998, "it": 950, "nl": 978, "pl": 916, "pt": 913,
    "ru": 986, "sl": 885, "sv": 917, "tr": 1054,
}  # fmt: skip

#: The same of the two scripts that leave out most vowels.
_ARABIC, _HEBREW = 612, 833

#: Letters a minute of the languages that no figure is known of: about the mean of the others.
_OTHERS = 950

#: Seconds of a Chinese character, of a Japanese mora, of a Korean syllable.
_CHINESE, _MORA, _KOREAN = 1 / 4.5, 1 / 7.0, 1 / 5.6

#: Morae of a kanji.
_KANJI = 1.85

#: Codes of languages that are spoken at the pace of another one's.
_SAME = {"cmn": "zh", "yue": "zh", "wuu": "zh"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds that things take to be said at normal speed."""

    letter: float
    #: A letter of the two scripts that leave out most vowels.
    arabic: float
    hebrew: float
    #: The word for a digit, and those for its place: ten, hundred and what is above.
    digit: float
    ten: float
    hundred: float
    #: Every Chinese character is a kanji; else only where there are kana in the text.
    japanese: bool = False
    #: Somebody says which language it is; and there is a figure for its letters.
    chosen: bool = True
    certain: bool = True

    kana: ClassVar[float] = _MORA
    kanji: ClassVar[float] = _KANJI * _MORA
    chinese: ClassVar[float] = _CHINESE
    hangul: ClassVar[float] = _KOREAN


def pace_of(language: str) -> Pace:
    """The pace of a language, by its code or by any of its names; "" where nobody says which it is.

    Then letters are read at a middling pace, Arabic and Hebrew ones at their own.
    """
    return _pace(code_of(language))


@lru_cache(maxsize=256)
def _pace(code: str) -> Pace:
    letter = _seconds(_LETTERS_A_MINUTE.get(code, _OTHERS))
    syllable = {"zh": _CHINESE, "ja": _KANJI * _MORA, "ko": _KOREAN}.get(code)
    return Pace(
        letter=letter,
        arabic=_seconds(_ARABIC),
        hebrew=_seconds(_HEBREW),
        digit=syllable or 4.5 * letter,
        ten=syllable or 2 * letter,
        hundred=syllable or 7.5 * letter,
        japanese=code == "ja",
        chosen=code != "",
        certain=code in _LETTERS_A_MINUTE,
    )


def _seconds(letters_a_minute: float) -> float:
    return 60 / (letters_a_minute * UNHURRIED)


@lru_cache(maxsize=1_024)
def code_of(language: str) -> str:
    """`pt` for pt-BR, Portuguese and Português; "" for what is no language."""
    code = (language_code(language) or "").partition("-")[0] if language.strip() else ""
    return _SAME.get(code, code)
