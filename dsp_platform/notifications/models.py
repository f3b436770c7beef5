"""The outbox of text messages, their budgets and rate counters, and the state of the providers."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.encryption.fields import EncryptedTextField


class MessageKind(models.TextChoices):
    """What a message is for; each purpose has a budget of its own."""

    CODE = "code", _("codes for signing in")
    CONFIRM = "confirm", _("codes that confirm another number")
    OTHER = "other", _("all other messages")


class Tier(models.TextChoices):
    """Whom a code is for: how much of the budget it may use."""

    OPEN = "open", _("anybody")  # strangers: no known browser, and a number without an account
    ACCOUNT = "account", _("a number with an account")
    KNOWN = "known", _("a known browser, or somebody signed in")


class Window(models.TextChoices):
    HOUR = "hour", _("hour")
    DAY = "day", _("day")


# Somebody waits for these at a page: they are sent before all others.
CODES = (MessageKind.CODE, MessageKind.CONFIRM)


class Message(models.Model):
    """``template`` names a text registered by its domain; ``params`` are what it needs to render.

    ``phone`` is empty once the message has its outcome and is older than ``MESSAGE_PHONE_DAYS``.
    """

    class State(models.TextChoices):
        DUE = "due", _("to be sent")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("arrived")
        FAILED = "failed", _("could not be sent")
        EXPIRED = "expired", _("too late to be sent")

    phone = models.CharField(_("phone number"), max_length=16)
    kind = models.CharField(
        _("purpose"), max_length=8, choices=MessageKind.choices, default=MessageKind.OTHER
    )
    tier = models.CharField(_("for"), max_length=8, choices=Tier.choices, default=Tier.OPEN)
    language = models.CharField(_("language"), max_length=2)
    template = models.CharField(_("text"), max_length=64)
    params = models.JSONField(_("values"), default=dict)
    subject_kind = models.CharField(_("kind"), max_length=32, blank=True)
    subject_id = models.BigIntegerField(_("subject"), null=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DUE)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), null=True)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    leased_until = models.DateTimeField(_("leased until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    provider = models.CharField(_("provider"), max_length=32, blank=True)
    provider_reference = models.CharField(_("provider's reference"), max_length=128, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    delivered_at = models.DateTimeField(_("arrived"), null=True)
    # Whether the next attempt is counted in the budget already.
    counted = models.BooleanField(default=False)
    # How often it was sent and no answer came: a provider may have accepted it.
    unknown = models.PositiveSmallIntegerField(_("outcomes unknown"), default=0)

    class Meta:
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state="due"), name="message_due"),
            models.Index(
                fields=["not_before"], condition=Q(state="due", kind__in=["code", "confirm"]), name="code_due"
            ),
            models.Index(fields=["created_at"], condition=~Q(phone=""), name="message_with_phone"),
            models.Index(fields=["subject_kind", "subject_id"]),
            models.Index(fields=["phone", "-created_at"], name="message_of_phone"),
            models.Index(fields=["created_at", "state"], name="message_of_day"),
            models.Index(
                fields=["provider_reference", "provider"],
                condition=~Q(provider_reference=""),
                name="message_receipt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class CircuitBreaker(models.Model):
    """The circuit breaker of one provider, shared by all workers."""

    name = models.CharField(_("provider"), max_length=32, primary_key=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    retry_at = models.DateTimeField(_("not tried before"), null=True)
    last_error = models.CharField(_("last error"), max_length=64, blank=True)
    last_failure_at = models.DateTimeField(_("last failure"), null=True)
    last_success_at = models.DateTimeField(_("last success"), null=True)

    class Meta:
        verbose_name = _("message provider")
        verbose_name_plural = _("message providers")

    def __str__(self) -> str:
        return self.name


class Budget(models.Model):
    """How many messages were sent in the current hour or day. One row each, reset when it is over."""

    kind = models.CharField(_("messages"), max_length=8, choices=MessageKind.choices)
    window = models.CharField(_("per"), max_length=8, choices=Window.choices)
    starts_at = models.DateTimeField(_("since"))
    count = models.PositiveIntegerField(_("sent"), default=0)
    extra = models.PositiveIntegerField(_("allowed by a steward on top"), default=0)
    stopped_at = models.DateTimeField(_("stopped"), null=True)
    # Since when only the reserve is left: the log says it once.
    open_stopped_at = models.DateTimeField(_("only the reserve since"), null=True)

    class Meta:
        verbose_name = _("message budget")
        verbose_name_plural = _("message budgets")
        constraints = [models.UniqueConstraint(fields=["kind", "window"], name="budget_one_row")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_window_display()}"


class RateCounter(models.Model):
    """How many messages one network or one account caused in one hour or day of the clock.

    ``source`` is a keyed digest; ``scope`` is the purpose, with the tier where tiers are counted apart, or
    another act that is counted in the same way (``rate_limits.count_act``).
    """

    source = models.BinaryField(max_length=32)
    scope = models.CharField(max_length=16)
    window = models.CharField(max_length=8, choices=Window.choices)
    starts_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    # Numbers for which a code was requested and that were not verified.
    unproved = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("messages of one origin")
        verbose_name_plural = _("messages of one origin")
        constraints = [
            models.UniqueConstraint(fields=["source", "scope", "window", "starts_at"], name="rate_counter")
        ]
        indexes = [models.Index(fields=["starts_at"])]


class DemoMessage(models.Model):
    """What the demo phone received. Written by the ``demo`` provider only."""

    phone = models.CharField(max_length=16)
    text = EncryptedTextField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message on the demo phone")
        verbose_name_plural = _("messages on the demo phone")
        indexes = [models.Index(fields=["phone", "received_at"])]
