import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.encryption.fields import EncryptedJSONField
from registry.models.household import Household


class Draft(models.Model):
    """Answers of a registration not yet submitted: saved at each "Continue", kept for 30 days.

    It belongs to a citizen's account, or to an official's assisted session. Once submitted it keeps only the
    household, so that a second submit finds it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    assisted_session_id = models.UUIDField(null=True)
    answers = EncryptedJSONField(default=dict)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, null=True)
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(
                fields=["owner"], condition=Q(assisted_session_id=None), name="draft_one_per_citizen"
            ),
            models.UniqueConstraint(
                fields=["assisted_session_id"],
                condition=~Q(assisted_session_id=None),
                name="draft_one_per_assisted_session",
            ),
        ]


def is_empty(draft: Draft) -> bool:
    """Whether neither the place nor a member was entered."""
    return draft.household_id is None and not any(draft.answers.get(part) for part in ("place", "members"))
