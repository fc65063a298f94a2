"""Languages by any of their names: English, native, in another tongue, or a code.

Pure: names in, names out. HeyGen's own look like `Portuguese (Brazil)`; which of them there are, only its live list
knows.

Invariants: a name of HeyGen's is itself, whatever its capitals and blanks; nothing is guessed: a word that means
several of HeyGen's names gives them all, and a region that HeyGen does not have gives none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bulkgen.kinds import cldr

_CODE = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|[0-9]{3}))?", re.IGNORECASE)
_QUALIFIED = re.compile(r"(.+?)\s*[(（](.+)[)）]")  # as Japanese and Chinese write brackets
_COMMA = re.compile(r"\s*[,，、]\s*")

#: What people write between two languages; commas in brackets belong to one.
_BETWEEN = re.compile(r"\s*(?:[,，、/&+\n]|\b(?:and|und|et|y|e)\b)\s*(?![^()]*\))", re.IGNORECASE)

#: What HeyGen calls a dialect, and has a region or a language of its own.
_DIALECTS = {"taiwanese mandarin": "TW"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A language by its codes (`pt`, "", `BR`); `dialect`: what of its name has no code."""

    language: str
    script: str = ""
    territory: str = ""
    dialect: str = ""

    @property
    def plain(self) -> bool:
        """Nothing is said but the language."""
        return not (self.script or self.territory or self.dialect)

    @property
    def likely(self) -> tuple[str, str, str, str]:
        return (*cldr.likely(self.language, self.script, self.territory), self.dialect)


def meant(word: str, names: Collection[str]) -> tuple[str, ...]:
    """Those of HeyGen's names that the word means: one, none, or all that it does not choose among.

    A language without a region is HeyGen's plain name, where there is one.
    """
    wanted_key = cldr.key(word)
    exact = tuple(name for name in names if cldr.key(name) == wanted_key)
    if exact:
        return exact[:1]

    wanted = spoken(word)
    if wanted is None:
        return ()

    known = {name: found for name in names if (found := _offered(name)) and found.language == wanted.language}
    if not wanted.plain:
        same = [name for name, offered in known.items() if offered == wanted]
        return tuple(same or [name for name, offered in known.items() if _fits(wanted, offered)])

    plain = [name for name, offered in known.items() if offered.plain]
    usual = [name for name in plain if cldr.key(name) == cldr.key(cldr.english_name(wanted.language))]
    called = [name for name in known if cldr.key(name.partition("(")[0]) == wanted_key]
    return tuple(usual or plain or called or [name for name, offered in known.items() if not offered.dialect])


def apart(word: str) -> tuple[str, ...]:
    """The languages of a word that names several, which nothing but a comma or an "and" separates; () for any other."""
    parts = tuple(part for part in _BETWEEN.split(word.strip()) if part)
    return parts if len(parts) > 1 and all(map(spoken, parts)) else ()


def relatives(word: str, names: Iterable[str]) -> list[str]:
    """HeyGen's names of the word's language, whatever the region; of a country's code (`jp`), of its language."""
    wanted, there = spoken(word), list(names)
    for language in (wanted.language if wanted else "", cldr.language_in(word.strip())):
        found = [name for name in there if (offered := _offered(name)) and offered.language == language]
        if found:
            return found
    return []


def usual_names() -> Iterable[str]:
    """What languages are called in English and by those who speak them, to hold a misspelt name against."""
    return (*cldr.english(), *cldr.native())


def language_code(word: str) -> str | None:
    """`pt` for Portuguese, Português and `pt`, a code with more to it as BCP 47 writes it (`pt-BR`); None for a word
    that is no language."""
    found = spoken(word)
    return (_tidied(word) or found.language) if found else None


def locale_code(word: str) -> str | None:
    """`pt-BR` for Portuguese (Brazil); a language without a region gets that of most of its speakers. A code is itself,
    as BCP 47 writes it."""
    found = spoken(word)
    if found is None:
        return None

    return _tidied(word) or (f"{found.language}-{found.likely[2]}" if found.likely[2] else None)


@lru_cache(maxsize=4_096)
def spoken(word: str) -> Spoken | None:
    """The language of a word: its name in English, its code, or its name in another tongue. None where it is none."""
    word = " ".join(word.split())
    return _named(word, cldr.english()) or _coded(word) or _named(word, cldr.everywhere())


@lru_cache(maxsize=4_096)
def _offered(name: str) -> Spoken | None:
    """The language of one of HeyGen's names, which are English."""
    return _named(name, cldr.english())


def _tidied(word: str) -> str:
    """A code as BCP 47 writes it (`pt_br`: `pt-BR`); "" for a name."""
    match = _CODE.fullmatch(word.strip())
    if match is None or cldr.key(word) in cldr.english():
        return ""

    return "-".join(filter(None, (match[1].lower(), (match[2] or "").title(), (match[3] or "").upper())))


def _fits(wanted: Spoken, offered: Spoken) -> bool:
    """Whether what is offered is what is wanted, though one of them leaves out what goes without saying: `zh-CN` and
    Chinese (Mandarin, Simplified)."""
    if offered.plain or wanted.dialect != offered.dialect:
        return False

    if wanted.territory or offered.territory == "":
        return wanted.likely == offered.likely

    return bool(wanted.script) and wanted.likely[1] == offered.likely[1]  # any region that writes so


def _coded(word: str) -> Spoken | None:
    match = _CODE.fullmatch(word)
    codes = cldr.canonical(match[1], match[2] or "", match[3] or "") if match else None
    return Spoken(language=codes[0], script=codes[1], territory=codes[2]) if codes else None


def _named(word: str, names: Mapping[str, str]) -> Spoken | None:
    """The word by its name, with what stands in brackets behind it: regions, scripts, dialects."""
    code = names.get(cldr.key(word))
    if code:
        return _coded(code)

    qualified = _QUALIFIED.fullmatch(word)
    base = _coded(names.get(cldr.key(qualified[1]), "")) if qualified else None
    if qualified is None or base is None:
        return None

    language, script, territory, dialects = base.language, base.script, base.territory, []
    for qualifier in _COMMA.split(qualified[2]):
        key = cldr.key(qualifier)
        if key in _DIALECTS:
            territory = _DIALECTS[key]
        elif key in cldr.territories(language):
            territory = cldr.territories(language)[key]
        elif key in cldr.scripts(language):
            script = cldr.scripts(language)[key]
        elif other := _coded(cldr.english().get(key, "")):
            language = other.language
        else:
            dialects.append(key)
    return Spoken(language=language, script=script, territory=territory, dialect=" ".join(dialects))
