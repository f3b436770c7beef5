"""The sheet that is printed for a person who signs, or gives a thumbprint, and what its photo changes.

A consent counts as signed only once the photo is there: until then it stays as it was given. A sheet belongs
to one case, and takes photos until that case ends.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import lock_assisted_session, note_signed
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from dsp_platform.database.history_context import history_context
from dsp_platform.database.references import new_reference, save_with_new_number
from dsp_platform.uploads.services import forget
from registry.models import Consent, ConsentSheet
from registry.persons.conflicts import refuse_relatives
from registry.persons.households import with_household
from registry.persons.selectors import subject_for

PREFIX = "S"
KIND = ConsentSheet.UPLOADS
KEPT_OF_NOBODY = timedelta(days=30)
"""The sheet of a case in which nobody was registered after all is evidence of nothing."""


def sheet_with(text: str, assisted_session: AssistedSession | None) -> ConsentSheet | None:
    """The sheet of this case on which the text stands; one that was signed first. Locked: the photo may be
    arriving at the same moment. Call in a transaction."""
    if assisted_session is None:
        return None
    sheets = ConsentSheet.objects.select_for_update().filter(assisted_session=assisted_session)
    found = [sheet for sheet in sheets.order_by("pk") if text in sheet.texts]
    return next((sheet for sheet in found if sheet.signed_at), found[-1] if found else None)


def digest_of_texts(texts: Sequence[str]) -> bytes:
    return hashlib.sha256("\n\n".join(texts).encode()).digest()


@transaction.atomic
def make_sheet(
    *, actor: User, assisted_session: AssistedSession, texts: Sequence[str], language: str
) -> ConsentSheet:
    """One of the same texts that was made before in this case is returned. Raises PermissionDenied,
    and ``InConflict`` for an official related to the household."""
    lock_assisted_session(user=actor, assisted_session=assisted_session)
    if not texts or assisted_session.told_by:
        raise PermissionDenied("nothing was read to the person")
    person = subject_for(actor, assisted_session)
    refuse_relatives(actor, assisted_session, *(with_household(person) if person else ()))
    digest = digest_of_texts(texts)
    before = ConsentSheet.objects.filter(assisted_session=assisted_session, text_digest=digest).first()
    if before is not None:
        return before
    audit.record(
        actor=actor,
        action="make_sheet",
        subject_kind="person",
        subject_id=assisted_session.subject_id,
        assisted_session_id=assisted_session.pk,
    )
    return save_with_new_number(
        lambda: ConsentSheet.objects.create(
            reference=new_reference(PREFIX),
            assisted_session=assisted_session,
            texts=list(texts),
            text_digest=digest,
            language=language,
        ),
        "registry_consentsheet_reference_key",
    )


@transaction.atomic
def sign_sheet(*, reference: str, sender: User | None, assisted_session: AssistedSession | None) -> None:
    """Its photo was read: the consents to its texts were signed. A second photo changes nothing."""
    with history_context("sign_sheet", actor=sender):
        sheet = ConsentSheet.objects.select_for_update().filter(reference=reference, signed_at=None).first()
        if sheet is None:
            return
        sheet.signed_at = timezone.now()
        sheet.save(update_fields=["signed_at"])
        case = sheet.assisted_session
        if case.consent_text in sheet.texts:
            note_signed(assisted_session=case)
        Consent.objects.filter(sheet=reference, withdrawn_at=None).update(channel=Consent.Channel.SHEET)
        audit.record(
            actor=sender,
            action="sign_sheet",
            subject_kind="person",
            subject_id=case.subject_id,
            assisted_session_id=case.pk,
        )


def purge_sheets() -> int:
    """Delete the sheets, with their photos, of cases that ended without a person."""
    old = ConsentSheet.objects.filter(
        assisted_session__subject_id=None,
        assisted_session__ended_at__lt=timezone.now() - KEPT_OF_NOBODY,
    )
    references = list(old.values_list("reference", flat=True)[:1000])
    with transaction.atomic():
        forget(kind=KIND, keys=references)
        return ConsentSheet.objects.filter(reference__in=references).delete()[0]
