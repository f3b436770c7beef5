"""Builds the registry's sections of "My data"."""

from typing import Any

from django.utils.translation import gettext as _

from dsp_platform.accounts.my_account.selectors import phone_holder_since
from dsp_platform.audit import selectors as audit
from dsp_platform.audit.actions import access_reason
from dsp_platform.exchange.models import Operator
from dsp_platform.notifications.selectors import messages_to
from dsp_platform.uploads.selectors import uploads_of
from registry.changes.evidence import CHANGE
from registry.changes.hearings.visibility import listed, why_unlisted
from registry.facts.table import CIRCUMSTANCES
from registry.identity.documents import masked
from registry.models import Consent, Membership, Person, lives_in
from registry.my_data import selectors
from registry.my_data.sections import DataSubject, LabelledCode
from registry.persons.conflicts import personal_conflict
from registry.persons.households import members_now, with_household
from registry.plausibility.findings import in_words
from registry.plausibility.selectors import rare_facts_of


def person(subject: DataSubject) -> dict[str, Any]:
    one = subject.person
    return {
        "spid": one.spid,
        "family_name": one.family_name,
        "given_name": one.given_name,
        "latin_family_name": one.latin_family_name,
        "latin_given_name": one.latin_given_name,
        "sex": one.sex,
        "date_of_birth": str(one.born),
        "birth_precision": one.birth_precision,
        "phone": one.phone,
        "village": one.village.name,
        "village_code": one.village_id,
        "language": one.language,
        "verification": one.verification,
        "registered_at": one.created_at.isoformat(),
    }


def circumstances(subject: DataSubject) -> dict[str, Any]:
    """Of the person alone; other members' health is not the account holder's data."""
    return {name: getattr(subject.person, name) for name in (*CIRCUMSTANCES, "disability_level")}


def documents(subject: DataSubject) -> list[dict[str, Any]]:
    return [
        {
            "type": document.type,
            "number": document.number if subject.full_numbers else masked(document.number),
            "recorded_at": document.created_at.isoformat(),
        }
        for document in subject.person.documents.order_by("pk")
    ]


def household(subject: DataSubject) -> dict[str, Any] | None:
    home = subject.household
    if home is None:
        return None
    members = members_now(home)
    return {
        "number": home.number,
        "village": home.village.name,
        "village_code": home.village_id,
        "address": home.address,
        "poverty_level": home.poverty_level,
        "poverty_level_valid_to": home.poverty_valid_to.isoformat() if home.poverty_valid_to else None,
        "members": [
            {
                "spid": member.person.spid,
                "name": member.person.name,
                "relationship": member.relationship,
                "sex": member.person.sex,
                "date_of_birth": str(member.person.born),
                "since": member.started_on.isoformat(),
            }
            for member in members
        ],
    }


def memberships(subject: DataSubject) -> list[dict[str, Any]]:
    rows = Membership.objects.filter(person=subject.person).select_related("household").order_by("started_on")
    return [
        {
            "household_number": row.household.number,
            "relationship": row.relationship,
            "since": row.started_on.isoformat(),
            "until": row.ended_on.isoformat() if row.ended_on else None,
        }
        for row in rows
    ]


def rare_facts(subject: DataSubject) -> list[dict[str, Any]]:
    return [
        {"said": in_words(row.fact), "at": row.confirmed_at.isoformat()}
        for row in rare_facts_of(subject.person)
    ]


def consents(subject: DataSubject) -> list[dict[str, Any]]:
    home = subject.household
    given = home.consents.all() if home else Consent.objects.none()
    rows = given.select_related("given_by", "witness")
    names = {operator.code: str(operator) for operator in Operator.objects.all()}
    return [
        {
            "operator": row.operator_code or None,
            "operator_name": names.get(row.operator_code),
            "purpose": row.purpose,
            "given_at": row.given_at.isoformat(),
            "given_by": row.given_by.name,
            "how": row.channel,
            "official": str(row.witness) if row.witness else None,
            "witness": row.witness_name or None,
            "language": row.language,
            "text_digest": bytes(row.text_digest).hex(),
            "sheet": row.sheet or None,
            "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
        }
        for row in rows.order_by("given_at", "pk")
    ]


def enrolments(subject: DataSubject) -> list[dict[str, Any]]:
    rows = subject.person.enrolments.select_related("programme").prefetch_related("payments").order_by("pk")
    return [
        {
            "programme": row.programme.code,
            "programme_name": row.programme.name,
            "state": row.state,
            "since": row.since.isoformat(),
            "until": row.until.isoformat() if row.until else None,
            "operator_reference": row.operator_reference,
            "payments": [
                {"amount_riel": paid.amount, "paid_on": paid.paid_on.isoformat()}
                for paid in row.payments.all()
            ],
        }
        for row in rows
    ]


def change_requests(subject: DataSubject) -> list[dict[str, Any]]:
    return [
        {
            "reference": row.reference,
            "kind": row.kind,
            "state": row.state,
            "asked_at": row.asked_at.isoformat(),
            "decided_at": row.decided_at.isoformat() if row.decided_at else None,
            "sent_documents": [
                {
                    "document": sent.title,
                    "at": sent.created_at.isoformat(),
                    "file": sent.state,
                    "pages": len(sent.pages.all()),
                }
                for sent in uploads_of(CHANGE, str(row.pk))
            ],
        }
        for row in listed(
            list(subject.person.changes.order_by("pk")), subject.person, subject.assisted_session
        )
    ]


def messages(subject: DataSubject) -> list[dict[str, Any]]:
    """When, about what and in which state; without the text.

    A print by an official leaves out messages about grievances and, where the official has a conflict of
    interest, about changes; about applications also where it is with somebody else of the household.
    """
    account = subject.person.account
    left_out = () if subject.full_numbers else ("grievance",)
    if why_unlisted(subject.assisted_session, subject.person):
        left_out = (*left_out, "change")
    session = subject.assisted_session
    if session is not None and personal_conflict(session.official, *with_household(subject.person)):
        left_out = (*left_out, "application")
    if account is None:
        return []
    return [
        {"at": row.at.isoformat(), "state": row.state, "language": row.language, "about": row.title}
        for row in messages_to(
            account.phone or "", limit=1000, since=phone_holder_since(account), left_out=left_out
        )
    ]


def copies(subject: DataSubject) -> list[dict[str, Any]]:
    return [
        {
            "operator": at.operator.pk,
            "operator_name": str(at.operator),
            "kind": copy.kind,
            "about": copy.names,
            "status": copy.record.status,
            "since": _iso(copy.record.since),
            "as_of": _iso(copy.record.as_of),
            "deletion_requested_at": _iso(copy.record.withdrawn_at),
            "deletion_confirmed_at": _iso(copy.record.confirmed_at),
            "fields": list(copy.record.agreement.fields) if copy.record.agreement else [],
            "purpose": copy.record.agreement.purpose if copy.record.agreement else None,
            "basis": copy.record.agreement.basis if copy.record.agreement else None,
            "law": (copy.record.agreement.legal_reference or None) if copy.record.agreement else None,
        }
        for at in selectors.copies_about(subject)
        for copy in at.copies
    ]


def access_log(subject: DataSubject) -> list[dict[str, Any]]:
    return [
        {
            "at": event.at.isoformat(),
            "by": str(event.actor) if event.actor else None,
            "how": event.action,
            "reason": LabelledCode(event.reason, access_reason(event)) if event.reason else None,
        }
        for event in audit.access_log_of({"person": [subject.person.pk]}).order_by("pk")
    ]


def help_given(subject: DataSubject) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    before = None
    while True:
        rows, before = selectors.help_given(subject, before=before)
        found += [
            {
                "from": row.assisted_session.opened_at.isoformat(),
                "until": _iso(row.assisted_session.ended_at),
                "official": str(row.assisted_session.official),
                "office": row.office or None,
                "reason": row.assisted_session.reason,
                "actions": row.actions,
            }
            for row in rows
        ]
        if before is None:
            return found


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def person_subjects(subject: DataSubject) -> dict[int, str]:
    return {one.pk: one.name for one in subject.members}


def household_subjects(subject: DataSubject) -> dict[int, str]:
    return {subject.household.pk: subject.household.number} if subject.household else {}


def programmes_affected(about: DataSubject, operator_code: str) -> list[str]:
    """Which members get support from the operator now; from any, where the code is empty."""
    home = about.household
    if home is None:
        return []
    people = Person.objects.filter(lives_in([home]))
    return [
        _("%(name)s is in the programme %(programme)s.") % {"name": one.name, "programme": row.programme.name}
        for one in people.prefetch_related("enrolments__programme")
        for row in one.enrolments.all()
        if row.state != "ended" and operator_code in ("", row.programme.operator_id)
    ]
