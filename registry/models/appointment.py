from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.encryption.fields import EncryptedTextField
from registry.models.person import Person


class Appointment(models.Model):
    """An official asked somebody to come back to the counter on a day, and why."""

    class Reason(models.TextChoices):
        DOCUMENT = "document", _("a document is missing")
        MEMBER = "member", _("somebody else of the household has to come")
        PHONE = "phone", _("the phone was not at hand")
        ANSWER = "answer", _("an answer is expected by then")
        CHECK = "check", _("the official has to check something first")
        OTHER = "other", _("something else")

    class End(models.TextChoices):
        CAME = "came", _("came back")
        DROPPED = "dropped", _("need not come any more")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices)
    note = EncryptedTextField(_("in words"), null=True)
    # Of the office that expects them: its officials see it, wherever the person moves.
    area_code = models.CharField(max_length=8)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    assisted_session_id = models.UUIDField()
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    end = models.CharField(max_length=8, choices=End.choices, blank=True)

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        indexes = [
            models.Index(fields=["area_code", "day"], condition=Q(ended_at=None), name="appointment_open")
        ]

    def __str__(self) -> str:
        return self.get_reason_display()
