"""Shared by every way of ending a replacement: locks, state and audit."""

from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.codes import limits
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from registry.models import PhoneReplacement
from registry.phones.replacements.notices import notify_ended


def lock_replacement(replacement: PhoneReplacement) -> PhoneReplacement:
    """Locks the new number first, then the person: the lock order of whoever opens an account of a number."""
    limits.lock_limits(phone=replacement.phone, account=replacement.account_id)
    rows = PhoneReplacement.objects.filter(pk=replacement.pk)
    rows.select_for_update(no_key=True).values_list("pk").get()  # before what it names: that may change
    return rows.select_related("person__account", "asked_by", "account", "ended_by").get()


def end(
    replacement: PhoneReplacement,
    state: PhoneReplacement.State,
    actor: User | None,
    document: str = "",
    cause: PhoneReplacement.Cause | None = None,
) -> PhoneReplacement:
    """With the cause where it was not applied; then the new phone and those on record are notified."""
    replacement.state, replacement.ended_by, replacement.ended_at = state, actor, timezone.now()
    replacement.cause = cause or ""
    replacement.save(update_fields=["state", "ended_by", "ended_at", "cause"])
    note(replacement, f"replacement_{state}", actor, document=document)
    if cause:
        notify_ended(replacement)
    return replacement


def note(
    replacement: PhoneReplacement,
    action: str,
    actor: User | None,
    assisted_session: AssistedSession | None = None,
    document: str = "",
) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject_kind="person",
        subject_id=replacement.person_id,
        reason=replacement.reason,
        assisted_session_id=assisted_session.pk if assisted_session else None,
        details={"replacement": replacement.reference} | ({"document": document} if document else {}),
    )


def overtaken(replacement: PhoneReplacement) -> str:
    words = _("Nothing was saved: this is now “%(state)s”.")
    return words % {"state": replacement.state_words}
