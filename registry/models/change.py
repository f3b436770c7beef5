"""Changes of circumstances and corrections: requests and their steps."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.models import WorkItem, WorkItemEvent
from dsp_platform.database.history import tracked_as
from dsp_platform.encryption.fields import EncryptedJSONField
from registry.models.area import Area
from registry.models.household import Household
from registry.models.person import Person

# Applied without a second person; a constraint refuses it for all other kinds.
AT_ONCE = ("phone", "circumstances", "address")
# May be asked for several times at once: twins, two children who move in.
SEVERAL = ("birth", "joins")


@tracked_as("history")
class ChangeRequest(WorkItem):
    """One typed change of a household or of one person in it; the kinds stand in ``registry.changes.kinds``.

    ``basis`` is what was recorded when the request was made: it is compared when it is applied.
    ``village`` is where it is decided: for a move, the village moved to.

    ``household`` is empty where whoever asks lives in none: then it is about themselves, and the commune
    where they lived last decides.

    ``mover`` moves from one household to another and must confirm it besides the decision; empty where nobody
    moves, or where the commune they live in decides.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for the commune")
        MORE_ASKED = "more_asked", _("a document is asked for")
        APPLIED = "applied", _("done")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ENDED = "ended", _("ended")

    class Confirmation(models.TextChoices):
        """How whoever moves has confirmed it."""

        OWN = "own", _("asked for it themselves")
        PHONE = "phone", _("by a code to their phone")
        OLD_COMMUNE = "old_commune", _("by the commune where they lived")

    OPEN_STATES = ("waiting", "more_asked")
    SINCE, ENDED = "asked_at", Coalesce("decided_at", "asked_at")

    kind = models.CharField(_("what changes"), max_length=20)
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, related_name="changes", verbose_name=_("household")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("about")
    )
    # Who got an SPID by it: a newborn, or somebody who moved in and was not registered yet.
    registered = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("registered by it")
    )
    village = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("village"))
    answers = EncryptedJSONField(default=dict)
    basis = EncryptedJSONField(default=dict)
    # By key of a person alike: what the official at the counter said, as an answer of ``DuplicateCase``.
    said_alike = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    asked_for = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="changes", verbose_name=_("asked by")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    assisted_session_id = models.UUIDField(_("case"), null=True)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    mover = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who moves")
    )
    old_village = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("village moved from")
    )
    confirmation = models.CharField(
        _("confirmation by who moves"), max_length=12, choices=Confirmation.choices, blank=True
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("confirmation taken by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    # Digest of the confirmed terms (registry.changes.moves.terms): for other terms the confirmation is not
    # valid.
    confirmed_terms = models.BinaryField(null=True, max_length=32)
    # Empty where it was applied at once.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        constraints = [
            # By asker: no member blocks with a request of theirs the same request of another.
            models.UniqueConstraint(
                fields=["kind", "person", "asked_for"],
                condition=Q(state__in=["waiting", "more_asked"], person__isnull=False) & ~Q(kind__in=SEVERAL),
                name="change_one_open_per_asker",
            ),
            models.UniqueConstraint(
                fields=["kind", "household", "asked_for"],
                condition=Q(state__in=["waiting", "more_asked"], person=None) & ~Q(kind__in=SEVERAL),
                name="change_one_open_per_asker_home",
            ),
            models.CheckConstraint(
                name="change_maker_is_not_checker", condition=~Q(asked_by=F("decided_by"))
            ),
            models.CheckConstraint(
                name="change_applied_by_a_second_person",
                condition=~Q(state="applied", decided_by=None) | Q(kind__in=AT_ONCE),
            ),
            models.CheckConstraint(
                name="change_nobody_is_moved_unasked",
                condition=~Q(state="applied", mover__isnull=False, confirmation=""),
            ),
            models.CheckConstraint(
                name="change_without_household_is_own",
                condition=Q(household__isnull=False) | Q(person=F("asked_for")),
            ),
            # Nobody confirms for the old commune and also enters or decides the request.
            models.CheckConstraint(
                name="change_old_commune_is_somebody_else",
                condition=~Q(confirmation="old_commune")
                | (~Q(confirmed_by=F("asked_by")) & ~Q(confirmed_by=F("decided_by"))),
            ),
        ]
        indexes = [
            models.Index(
                fields=["village", "asked_at"],
                condition=Q(state__in=["waiting", "more_asked"]),
                name="change_queue",
            ),
            # For stewards, whose queue is no area's.
            models.Index(
                fields=["asked_at", "id"],
                condition=Q(state__in=["waiting", "more_asked"]),
                name="change_open",
            ),
            models.Index(
                fields=["old_village", "asked_at"],
                condition=Q(state__in=["waiting", "more_asked"], mover__isnull=False, confirmation=""),
                name="change_confirmation_queue",
            ),
            models.Index(fields=["mover"], condition=Q(mover__isnull=False), name="change_of_mover"),
            models.Index(fields=["asked_for", "asked_at"], name="change_of_person"),
            models.Index(fields=["-asked_at", "-id"], name="change_by_day"),
        ]


class ChangeEvent(WorkItemEvent):
    request = models.ForeignKey(
        ChangeRequest, on_delete=models.PROTECT, related_name="events", verbose_name=_("change request")
    )
    state = models.CharField(_("state"), max_length=10, choices=ChangeRequest.State.choices)


class ChangeDraft(models.Model):
    """Answers of a change not yet sent: saved at each "Continue", kept for 30 days.

    Once sent it keeps only the request it became, so that a second submit finds that request.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    assisted_session_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=20)
    answers = EncryptedJSONField(default=dict)
    request = models.ForeignKey(ChangeRequest, on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("draft of a change")
        verbose_name_plural = _("drafts of changes")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind"],
                condition=Q(assisted_session_id=None),
                name="changedraft_one_per_citizen",
            ),
            models.UniqueConstraint(
                fields=["assisted_session_id", "kind"],
                condition=~Q(assisted_session_id=None),
                name="changedraft_one_per_assisted_session",
            ),
        ]
