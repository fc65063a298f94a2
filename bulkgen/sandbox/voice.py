"""How long the pretend voices take to say a text.

They speak in syllables and consonants, breathe as they like, and each has a pace of its own: by nothing that an
estimate of spoken length is made of. All of it follows from the text and the speaker, so that a rehearsal is the same
each time.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

#: Seconds of a group of vowels, a consonant, and a letter of a script that leaves most vowels out.
_VOWELS, _CONSONANT, _UNVOWELLED = 0.118, 0.06, 0.125

#: Seconds of one sign: of a Chinese text, a kanji, a kana, a Korean or an Indian syllable; of a digit; of a capital
#: that is spelt out, or of a sign with a name.
_CHINESE, _KANJI, _KANA, _KOREAN, _INDIAN, _DIGIT, _NAMED = 0.215, 0.27, 0.14, 0.175, 0.15, 0.33, 0.28

#: How much voices differ from one another, and one recording from the next (natural logarithms).
_VOICE, _RECORDING = 0.11, 0.03

#: The silences: the least and the most (seconds).
_SENTENCE, _CLAUSE, _PARAGRAPH, _ENDS = (0.25, 0.65), (0.1, 0.3), (0.4, 0.9), (0.2, 0.9)

_BREAK = re.compile(r"<break[^<>]*?([0-9]+(?:\.[0-9]+)?)(m?)s[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")

#: A word, or one sign of a script without spaces, with the punctuation behind it; the silence between two, and after a
#: sentence (seconds).
_SIGNS = "\u0e00-\u0eff\u3041-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_SIGNS}][\u3000-\u303f\uff00-\uff1f]*|[^\s{_SIGNS}]+")
_GAP, _STOP = 0.05, 0.4

_GROUP = re.compile("[aeiouyàâäáãåæèéêëìíîïòóôöõøœùúûüýаеёиоуыэюяієїαεηιουωάέήίόύώ]+", re.IGNORECASE)
_PLAIN = re.compile(r"[a-zß-öø-ÿœšžłńśźżćčğışа-яіїєґα-ωάέήίόύώ]", re.IGNORECASE)
_SPELT = re.compile(r"\b[A-Z]{2,4}\b")


def seconds_of(texts: Iterable[str], speaker: str, speed: float = 1.0) -> float:
    """The length of a recording of the texts, one after the other (seconds, in whole hundredths)."""
    told = "\n".join(texts)
    chance, voice = random.Random(f"{speaker}\n{told}"), random.Random(f"voice {speaker}")
    breaks = sum(float(number) / (1000 if milli else 1) for number, milli in _BREAK.findall(told))
    said = _TAG.sub(" ", told)
    pace = voice.lognormvariate(0, _VOICE) * chance.lognormvariate(0, _RECORDING)
    spoken = (_sounds(said) + _silences(said, chance)) * pace / speed
    return round(spoken + min(breaks, 60.0) + chance.uniform(*_ENDS), 2)


def spoken_words(text: str, seconds: float) -> list[tuple[str, float, float]]:
    """The words of a recording of that length, each with when it begins and ends (seconds)."""
    words = _WORD.findall(_TAG.sub(" ", text))
    spans = [_sounds(word) + _GAP + (_STOP if word[-1] in ".!?。！？।" else 0.0) for word in words]
    pace = seconds / sum(spans, _GAP) if seconds > 0 else 0.0
    found, at = [], _GAP
    for word, span in zip(words, spans, strict=True):
        said = _sounds(word) or _GAP / 2
        found.append((word, round(at * pace, 3), round((at + said) * pace, 3)))
        at += span
    return found


def _sounds(said: str) -> float:
    groups, plain = _GROUP.findall(said), _PLAIN.findall(said)
    consonants = len(plain) - sum(map(len, groups))
    total = _VOWELS * len(groups) + _CONSONANT * max(0, consonants)
    total += sum(_NAMED * len(word) for word in _SPELT.findall(said))
    kanji = any("\u3041" <= sign <= "\u30ff" for sign in said)
    return total + sum(_sign(sign, kanji=kanji) for sign in said if not sign.isascii() or not sign.isalpha())


def _sign(sign: str, *, kanji: bool) -> float:
    """What is written with other signs than letters for all sounds."""
    for first, last, seconds in (
        ("\u0590", "\u06ff", _UNVOWELLED),
        ("\u0904", "\u0939", _INDIAN),
        ("\u3041", "\u30fc", _KANA),
        ("\u3400", "\u9fff", _KANJI if kanji else _CHINESE),
        ("\uac00", "\ud7a3", _KOREAN),
    ):
        if first <= sign <= last:
            return seconds if sign.isalpha() else 0.0

    return _DIGIT if sign.isdecimal() else _NAMED if sign in "%€$£¥&@+=#/" else 0.0


def _silences(said: str, chance: random.Random) -> float:
    total = 0.0
    for stop in re.findall(r"[.!?。！？।,;:、，،–\n]+", said):
        span = _PARAGRAPH if "\n" in stop else _SENTENCE if stop[0] in ".!?。！？।" else _CLAUSE
        total += chance.uniform(*span)
    return total
