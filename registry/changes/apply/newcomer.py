"""Whoever comes into a household: met before by SPID or document, or new with an SPID of their own."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from registry.changes.apply.common import Applying
from registry.changes.context import Answers
from registry.errors import AlreadyRegistered, DocumentTaken, NobodyFits, Outdated
from registry.models import IdentityDocument, Person
from registry.persons import services as persons
from registry.persons.details import HouseholdDetails, PersonDetails
from registry.persons.labels import NO_DOCUMENT
from registry.persons.numbering import save_person


def spid_told(answers: Answers) -> str:
    known = answers.get("known", {})
    return str(known.get("spid", "")) if known.get("has_spid") == "yes" else ""


def person_of_spid(answers: Answers) -> Person | None:
    """By SPID, also one that became an alias, together with the date of birth; None when they do not fit."""
    spid = spid_told(answers)
    if not spid:
        return None
    found = Person.objects.filter(spid=spid).select_related("merged_into").first()
    person = (found.merged_into or found) if found else None
    if person is None or person.died_on or person.date_of_birth.isoformat() != answers["birth"]["born"][0]:
        return None
    return person


def person_of_document(answers: Answers) -> Person | None:
    """The one whose document it is, if name and date of birth are the same; never by a shared document."""
    told = _told(answers, "", None)
    return persons.same_person(told) if told.digest else None


def met_before(change: Applying) -> Person | None:
    """Raises NobodyFits where an SPID was told that fits nobody."""
    if spid_told(change.answers):
        person = person_of_spid(change.answers)
        if person is None:
            raise NobodyFits(_("No living person has this SPID and this date of birth."))
    else:
        person = person_of_document(change.answers)
    if person is None:
        return None
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def new_person(change: Applying) -> Person:
    """Saved with a fresh SPID and the document told."""
    told = _told(change.answers, change.household.village_id, change)
    told.person.village_id = change.household.village_id
    try:
        persons.recognise([told], _whole(told.details, change.household.village_id))
        if told.known:  # met before after all: they are moved by their own yes, not born or made anew
            raise AlreadyRegistered(member=0)
        save_person(told.person)
        with transaction.atomic():
            IdentityDocument.objects.bulk_create(persons.documents_of([told]))
    except (AlreadyRegistered, IntegrityError):
        raise DocumentTaken(
            _("A person with this document is registered already. Check the type and the number.")
        ) from None
    return told.person


def _told(answers: Answers, village: str, change: Applying | None) -> persons.Told:
    details = _details(answers)
    whole = _whole(details, village)
    actor = change.actor if change else None
    return persons.told(whole, actor)[0]


def _whole(details: PersonDetails, village: str) -> HouseholdDetails:
    return HouseholdDetails(village_code=village, members=(details,), consent_text="")


def _details(answers: Answers) -> PersonDetails:
    born, precision = answers["birth"]["born"]
    document = answers.get("document", {"document_type": NO_DOCUMENT})
    has_document = document["document_type"] != NO_DOCUMENT
    if answers["sex"]["sex"] not in Person.Sex.values:
        raise Outdated(_("Choose one of the answers."))
    return PersonDetails(
        **answers["name"],
        sex=answers["sex"]["sex"],
        date_of_birth=date.fromisoformat(born),
        birth_precision=precision,
        relationship=answers["relationship"]["relationship"],
        document_type=document["document_type"] if has_document else "",
        document_number=document["document_number"] if has_document else "",
    )
