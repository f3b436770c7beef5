"""Who comes into a household: registered before, found by SPID or document, or new."""

from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.khmer.dates import PartialDate
from registry.changes.apply.common import Applying
from registry.changes.context import Answers
from registry.errors import AlreadyRegistered, DocumentTaken, NoMatchingPerson, Outdated
from registry.models import Person
from registry.persons.details import HouseholdDetails, PersonDetails
from registry.persons.labels import NO_DOCUMENT
from registry.persons.recognition import MemberEntry, entries_of, is_told_of, recognise, same_person
from registry.persons.writer import NumberTaken, lock_person_row


def entered_spid(answers: Answers) -> str:
    known = answers.get("known", {})
    return str(known.get("spid", "")) if known.get("has_spid") == "yes" else ""


def person_of_spid(answers: Answers) -> Person | None:
    """By SPID, also that of a merged record, and date of birth; None unless both match a living person."""
    spid = entered_spid(answers)
    if not spid:
        return None
    found = Person.objects.filter(spid=spid).select_related("merged_into").first()
    person = (found.merged_into or found) if found else None
    if person is None or person.died_on:
        return None
    if not is_told_of(PartialDate.parse(answers["birth"]["born"]), person):
        return None
    return person


def person_of_document(answers: Answers) -> Person | None:
    """By document, if name and date of birth match too; never by a type of document that families share."""
    entry = entry_of(answers, "", None)
    return same_person(entry) if entry.digest else None


def registered_before(change: Applying) -> Person | None:
    """Locked. Raises NoMatchingPerson where an SPID was entered that matches nobody."""
    if entered_spid(change.answers):
        person = person_of_spid(change.answers)
        if person is None:
            problem = _("No living person has this SPID and this date of birth.")
            hint = _("Enter the date of birth as it stands in the registration.")
            raise NoMatchingPerson(f"{problem} {hint}")
    else:
        person = person_of_document(change.answers)
    return lock_person_row(person) if person else None


def new_person(change: Applying) -> Person:
    """Raises DocumentTaken where the document is registered already."""
    entry = entry_of(change.answers, change.household.village_id, change.actor)
    try:
        recognise([entry])
        if entry.known:  # they move with their own consent, and are not created again
            raise AlreadyRegistered(member=0)
        change.writer.add_person(entry.person, entry.documents)
        change.request.registered = entry.person
    except (AlreadyRegistered, NumberTaken):
        raise DocumentTaken(
            _("A person with this document is registered already. Check the type and the number.")
        ) from None
    return entry.person


def entry_of(answers: Answers, village: str, actor: User | None) -> MemberEntry:
    document = answers.get("document", {"document_type": NO_DOCUMENT})
    has_document = document["document_type"] != NO_DOCUMENT
    if answers["sex"]["sex"] not in Person.Sex.values:
        raise Outdated(_("Choose one of the answers."))
    person = PersonDetails(
        **answers["name"],
        sex=answers["sex"]["sex"],
        born=PartialDate.parse(answers["birth"]["born"]),
        # While the document is typed it is not told yet.
        relationship=answers.get("relationship", {}).get("relationship", ""),
        document_type=document["document_type"] if has_document else "",
        document_number=document["document_number"] if has_document else "",
    )
    details = HouseholdDetails(village_code=village, members=(person,), consent_text="")
    return entries_of(details, actor)[0]
