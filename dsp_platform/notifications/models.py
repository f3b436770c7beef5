"""The outbox of text messages: the row is the promise, written with the state it tells of."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.fields import EncryptedTextField


class Message(models.Model):
    """``template`` names a text registered by its domain; ``params`` are what it needs to render."""

    class State(models.TextChoices):
        DUE = "due", _("to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be sent")
        EXPIRED = "expired", _("too late to be sent")

    phone = models.CharField(_("phone number"), max_length=16)
    language = models.CharField(_("language"), max_length=2)
    template = models.CharField(_("text"), max_length=64)
    params = models.JSONField(_("values"), default=dict)
    subject_kind = models.CharField(_("kind"), max_length=32, blank=True)
    subject_id = models.BigIntegerField(_("subject"), null=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DUE)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), null=True)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    leased_until = models.DateTimeField(_("leased until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    provider = models.CharField(_("provider"), max_length=32, blank=True)
    provider_reference = models.CharField(_("provider's reference"), max_length=128, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state="due"), name="message_due"),
            models.Index(fields=["subject_kind", "subject_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"


class DemoMessage(models.Model):
    """What the demo phone received. Written by the ``demo`` provider only."""

    phone = models.CharField(max_length=16)
    text = EncryptedTextField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message on the demo phone")
        verbose_name_plural = _("messages on the demo phone")
        indexes = [models.Index(fields=["phone", "received_at"])]
