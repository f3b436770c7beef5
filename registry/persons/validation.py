"""Validation of entered details; every error has a stable code and a message.

Forms use the ``validate_*`` functions field by field; ``problems_of`` validates a whole household again in
the service. Each ``validate_*`` returns the value as it is stored or raises ValidationError.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import regex
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.phones.numbers import parse_phone
from dsp_platform.khmer.dates import LONGEST_LIFE, PartialDate
from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.text import clean, has_stray_sign
from dsp_platform.web.forms import STRAY_SIGN
from registry.errors import Problem
from registry.facts.table import CIRCUMSTANCES
from registry.identity.documents import document_key
from registry.identity.spid import clean_spid, grouped
from registry.models import IdentityDocument, Membership, Person
from registry.models.person_columns import KHMER_NAME, LATIN_NAME
from registry.persons.details import HouseholdDetails, PersonDetails
from registry.persons.labels import SPID
from registry.persons.plausible import plausibility_problems

NAME_LENGTH = 100
ADDRESS_LENGTH = 200
DOCUMENT_LENGTH = 40
MEMBERS = 40

# The rules of plausibility judge these once each of them is valid.
JUDGED = ("born", "relationship", "sex")

_CONTROL = regex.compile(r"[\p{Cc}\p{Co}\p{Cs}]")
_APOSTROPHES = "'`\u00b4\u02bb\u02bc\u2018\u2019\u201b\u2032"  # what keyboards of phones write for one
_NAME = regex.compile(rf"[\p{{L}}\p{{M}} .{_APOSTROPHES}\u2011-]*")
_LATIN = regex.compile(rf"[\p{{Latin}}\p{{M}} .{_APOSTROPHES}\u2011-]*")
_ADDRESS = regex.compile(
    rf"[\p{{L}}\p{{M}}\p{{N}} .,{_APOSTROPHES}\u17d4\u17d5\u17d6\u17d7:;/()#&+\u2011\u2013-]*"
)
_LETTER = regex.compile(r"\p{L}")
NUMBER_OF_DIGITS: Mapping[str, int] = {
    IdentityDocument.Type.IDENTITY_CARD: 9,
    IdentityDocument.Type.PERSONAL_CODE: 10,
}
_TYPES = frozenset(IdentityDocument.Type.values)  # ``values`` lists them anew each time
_PASSPORT = regex.compile(r"[A-Z0-9]{6,12}")


def _invalid(code: str, message: Any, **params: Any) -> ValidationError:
    return ValidationError(message, code=code, params=params)


def _text(text: str, *, length: int, allowed: regex.Pattern[str], code: str, refusal: Any) -> str:
    if _CONTROL.search(text.strip()):
        raise _invalid("control_characters", _("This has characters that cannot be stored. Type it again."))
    cleaned = clean(text)
    if len(cleaned) > length:
        raise _invalid("too_long", _("Use %(length)d characters or fewer."), length=length)
    if not allowed.fullmatch(cleaned):
        raise _invalid(code, refusal)
    if has_stray_sign(cleaned):
        raise _invalid("stray_sign", STRAY_SIGN)
    return cleaned


def validate_name(text: str) -> str:
    """One part of a name, in any script; may be empty, because some people have one name only."""
    name = _text(
        text,
        length=NAME_LENGTH,
        allowed=_NAME,
        code="name_characters",
        refusal=_("A name has letters, spaces, dots, hyphens and apostrophes only."),
    )
    if name and not _LETTER.search(name):
        raise _invalid("name_without_letter", _("Write the name with letters."))
    return name


def validate_latin_name(text: str) -> str:
    name = validate_name(text)
    if not _LATIN.fullmatch(name):
        raise _invalid("name_not_latin", _("Write this name in Latin letters."))
    return name


def validate_address(text: str) -> str:
    return _text(
        text,
        length=ADDRESS_LENGTH,
        allowed=_ADDRESS,
        code="address_characters",
        refusal=_("An address has letters, digits and simple signs only."),
    )


def validate_born(born: PartialDate, today: date | None = None) -> PartialDate:
    """Refused only if no day fits."""
    today = today or timezone.localdate()
    if not born.may_precede(PartialDate(today)):
        raise _invalid("date_in_future", _("The date of birth is in the future."))
    if born.last.year < today.year - LONGEST_LIFE:
        raise _invalid("date_too_old", _("The date of birth is too long ago. Check the year."))
    return born


NAME_VALIDATORS = dict.fromkeys(KHMER_NAME, validate_name) | dict.fromkeys(LATIN_NAME, validate_latin_name)
"""By field of a person: the names."""


def validate_phone(text: str) -> str:
    """E.164, or empty. News and codes are sent to it."""
    return parse_phone(text, gets_texts=True) if text.strip() else ""


def validate_document_number(type: str, number: str) -> str:
    """Lengths as published for each type; where none is public, free text."""
    if _CONTROL.search(number.strip()):
        raise _invalid("control_characters", _("This has characters that cannot be stored. Type it again."))
    if type == SPID:
        if not (spid := clean_spid(number)):
            raise _invalid(
                "document_number_digits", _("This is not an SPID. Check the 12 digits on the slip.")
            )
        return grouped(spid)
    cleaned, key = latin_digits(clean(number)), document_key(number)
    if type not in _TYPES:
        raise _invalid("document_type", _("Choose a kind of document."))
    if not key:
        raise _invalid("document_number_missing", _("Enter the number of the document."))
    if digits := NUMBER_OF_DIGITS.get(type):
        if not (key.isascii() and key.isdecimal() and len(key) == digits):
            raise _invalid("document_number_digits", _("This number has %(digits)d digits."), digits=digits)
        return key
    if type == IdentityDocument.Type.PASSPORT:
        if not _PASSPORT.fullmatch(key):
            raise _invalid("passport_number", _("A passport number has 6 to 12 Latin letters and digits."))
        return key
    if len(cleaned) > DOCUMENT_LENGTH:
        raise _invalid("too_long", _("Use %(length)d characters or fewer."), length=DOCUMENT_LENGTH)
    if not _ADDRESS.fullmatch(cleaned):
        raise _invalid("document_characters", _("A number has letters, digits and simple signs only."))
    if has_stray_sign(cleaned):
        raise _invalid("stray_sign", STRAY_SIGN)
    return cleaned


def _problem(field: str, member: int | None, validate: Callable[..., Any], *args: Any) -> Iterator[Problem]:
    try:
        validate(*args)
    except ValidationError as error:
        yield Problem(field, error.code or "invalid", error.messages[0], member)


def _member_problems(index: int, member: PersonDetails) -> Iterator[Problem]:
    for field, validate in NAME_VALIDATORS.items():
        yield from _problem(field, index, validate, getattr(member, field))
    if not (clean(member.family_name) or clean(member.given_name)):
        yield Problem("given_name", "name_missing", str(_("Enter a surname or a given name.")), index)
    yield from _problem("born", index, validate_born, member.born)
    yield from _problem("phone", index, validate_phone, member.phone)
    if member.document_type or member.document_number:
        yield from _problem(
            "document_number", index, validate_document_number, member.document_type, member.document_number
        )
    choices = {
        "sex": Person.Sex.values,
        "relationship": Membership.Relationship.values,
    }
    message = str(_("Choose one of the answers."))
    for field, allowed in choices.items():
        if getattr(member, field) not in allowed:
            yield Problem(field, "choice", message, index)
    for name, answer in member.circumstances.items():
        if answer is not None and answer not in CIRCUMSTANCES[name].labels:
            yield Problem(name, "choice", message, index)
    if (member.relationship == Membership.Relationship.HEAD) != (index == 0):
        yield Problem("relationship", "one_head", str(_("A household has one head.")), index)
    if member.circumstances.get("pregnant") and member.sex == Person.Sex.MALE:
        yield Problem("pregnant", "choice", message, index)


def problems_of(details: HouseholdDetails) -> list[Problem]:
    """Every error that can be found without the database."""
    problems = list(_problem("address", None, validate_address, details.address))
    if not details.consent_text.strip():
        problems.append(Problem("consent_text", "consent_missing", str(_("Consent is needed to register."))))
    if details.language not in ("km", "en"):
        problems.append(Problem("language", "choice", str(_("Choose one of the answers."))))
    if not 1 <= len(details.members) <= MEMBERS:
        message = _("A household has between 1 and %(most)d members.") % {"most": MEMBERS}
        return [*problems, Problem("members", "members_count", message)]
    for index, member in enumerate(details.members):
        problems.extend(_member_problems(index, member))
    seen: set[tuple[str, str]] = set()
    for index, member in enumerate(details.members):
        key = (member.document_type, document_key(member.document_number))
        if not key[1] or member.document_type in IdentityDocument.SHARED_TYPES:
            continue
        if key in seen:
            message = str(_("Two members have the same document number."))
            problems.append(Problem("document_number", "document_twice", message, index))
        seen.add(key)
    if not any(problem.field in JUDGED for problem in problems):
        problems.extend(plausibility_problems(details))
    return problems
