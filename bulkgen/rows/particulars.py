"""What exports call the usual particulars of a person and a company: "Vorname" and "First Name" are one.

Pure. `PARTICULARS` is the one table: each by its plain name, with its names in the exports of HubSpot, Salesforce,
Pipedrive, Mailchimp and LinkedIn and in the languages that people export in. A name that means one thing here and
another there (Name, Title, State) is in it only where the other headers decide, or not at all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bulkgen.kinds.columns import match_key

_NAMES: Mapping[str, str] = {
    "first_name": (
        "first name, forename, given name, fname, person first name, vorname, rufname, prénom, nombre, nombre de pila, "
        "primer nombre, primeiro nome, voornaam, imię, fornavn, förnamn, etunimi, имя, 名, 下の名前"
    ),
    "last_name": (
        "last name, surname, family name, lname, nachname, familienname, zuname, nom de famille, apellido, apellidos, "
        "cognome, sobrenome, apelido, achternaam, familienaam, nazwisko, efternavn, etternavn, efternamn, sukunimi, "
        "фамилия, 姓, 苗字, 성씨"
    ),
    "full_name": (
        "full name, contact name, person name, vollständiger name, vor- und nachname, vorname nachname, nom complet, "
        "prénom et nom, nom et prénom, nombre completo, nombre y apellidos, nome completo, nome e cognome, "
        "volledige naam, imię i nazwisko, фио, 氏名, お名前, 姓名, 성명"
    ),
    "company": (
        "company, company name, current company, associated company, organization, organisation, organization name, "
        "organisation name, account name, business name, firma, firmenname, unternehmen, unternehmensname, entreprise, "
        "société, nom de l'entreprise, nom de la société, raison sociale, empresa, nombre de la empresa, "
        "nombre de empresa, razón social, nome da empresa, azienda, nome azienda, ragione sociale, bedrijf, "
        "bedrijfsnaam, nazwa firmy, företag, virksomhed, компания, 会社, 会社名, 企業名, 公司, 公司名称, 公司名稱, "
        "회사, 회사명"
    ),
    "job_title": (
        "job title, position, occupation, jobtitel, berufsbezeichnung, stellenbezeichnung, poste, intitulé du poste, "
        "titre du poste, fonction, cargo, puesto, puesto de trabajo, functie, functietitel, stanowisko, должность, "
        "役職, 職位, 职位, 职务, 직책, 직위"
    ),
    "email": (
        "email, mail, email address, mail address, work email, business email, primary email, e-mail-adresse, "
        "mailadresse, courriel, adresse e-mail, adresse mail, adresse électronique, correo, correo electrónico, "
        "dirección de correo electrónico, posta elettronica, indirizzo e-mail, endereço de e-mail, e-mailadres, "
        "adres e-mail, メール, メールアドレス, 邮箱, 电子邮件, 電子郵件, 이메일"
    ),
    "phone": (
        "phone, phone number, telephone, telephone number, tel, work phone, business phone, telefon, telefonnummer, "
        "rufnummer, téléphone, numéro de téléphone, teléfono, número de teléfono, telefono, numero di telefono, "
        "telefone, número de telefone, telefoon, telefoonnummer, numer telefonu, телефон, 電話, 電話番号, 电话, "
        "电话号码, 전화, 전화번호"
    ),
    "mobile": (
        "mobile, mobile phone, mobile number, mobile phone number, cell phone, cell phone number, handy, handynummer, "
        "mobiltelefon, mobilnummer, téléphone portable, téléphone mobile, móvil, teléfono móvil, celular, cellulare, "
        "telemóvel, mobiel, mobiele telefoon, telefon komórkowy, 携帯, 携帯電話, 手机, 手机号, 휴대폰, 휴대전화"
    ),
    "city": (
        "city, town, mailing city, stadt, ort, wohnort, ville, ciudad, città, cidade, plaats, woonplaats, miasto, "
        "miejscowość, город, 市区町村, 城市, 도시"
    ),
    "country": (
        "country, country/region, country name, mailing country, pays, país, paese, nazione, kraj, страна, 国, 国名, "
        "国家, 國家, 국가"
    ),
    "postal_code": (
        "postal code, postcode, zip, zip code, zip/postal code, plz, postleitzahl, code postal, código postal, cep, "
        "kod pocztowy, индекс, 郵便番号, 邮编, 우편번호"
    ),
    "website": (
        "website, website url, company website, homepage, webseite, internetseite, site web, site internet, "
        "página web, sitio web, sito web, strona internetowa, strona www, сайт, ウェブサイト, 网站, 網站, 웹사이트"
    ),
    "industry": (
        "industry, sector, branche, secteur, secteur d'activité, industria, settore, setor, branża, bedrijfstak, "
        "отрасль, 業界, 業種, 行业, 行業, 업종"
    ),
    "salutation": "salutation, anrede, civilité, tratamiento, tratamento, aanhef, 敬称, 敬稱",
}  # fmt: skip

#: Names that mean this only beside one of those: Nome is a first name beside Cognome, else it may be anything.
_BESIDE: Mapping[str, tuple[str, str]] = {
    "name": ("last_name", "vorname"),
    "nom": ("last_name", "prénom"),
    "nome": ("first_name", "cognome, sobrenome, apelido"),
    "naam": ("last_name", "voornaam"),
    "이름": ("first_name", "성, 성씨"),
    "성": ("last_name", "이름"),
    "land": ("country", "stadt, ort, wohnort, plz, postleitzahl, vorname, firma, unternehmen, plaats, voornaam"),
}

#: Whom a column is about, said before what it holds: "Contact First Name", "Lead Email".
_WHOSE = ("contact", "lead", "customer", "client", "prospect", "recipient", "person", "attendee", "participant",
          "guest", "member", "employee", "candidate")  # fmt: skip

_MARKS = str.maketrans("", "", "*.'’")


def _key(name: str) -> str:
    """Names match without regard to case, spaces, `_`, `-`, accents, and the marks that exports add."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return match_key(plain.translate(_MARKS).strip(": "))


def _keys(names: str) -> list[str]:
    return [_key(name) for name in names.split(",")]


_KNOWN = {key: particular for particular, names in _NAMES.items() for key in _keys(f"{particular}, {names}")}
_KNOWN_BESIDE = {_key(name): (what, frozenset(_keys(others))) for name, (what, others) in _BESIDE.items()}

#: Each particular by its plain name, with the names that it goes by.
PARTICULARS: Mapping[str, tuple[str, ...]] = {
    particular: tuple(name.strip() for name in names.split(",")) for particular, names in _NAMES.items()
}


@lru_cache(maxsize=4_096)
def particular(name: str) -> str:
    """What a name alone means: `first_name` for "Vorname"; "" for a name that is none of these, or may be another."""
    key = _key(name)
    found = _KNOWN.get(key, "")
    if found:
        return found

    rests = (key.removeprefix(whose) for whose in _WHOSE if key.startswith(whose))
    return next((_KNOWN[rest] for rest in rests if rest in _KNOWN), "")


def particulars(headers: Sequence[str]) -> tuple[str, ...]:
    """What each header of a sheet means, "" where it is not known; beside one another more can be told."""
    keys = {_key(header) for header in headers}

    def beside(header: str) -> str:
        what, others = _KNOWN_BESIDE.get(_key(header), ("", frozenset[str]()))
        return what if others & keys else ""

    return tuple(particular(header) or beside(header) for header in headers)
