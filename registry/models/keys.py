"""Account and phone of a person as means of access: who set them up, and replacements of a phone."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsp_platform.database.history import tracked
from registry.models.person import Person


def of_person(person: object) -> Q:
    """Condition on the rows of this file that are never rewritten: also those of the person's aliases, which
    stay with the record of which they were written. ``person`` may be a reference to an outer query."""
    return Q(person=person) | Q(person__merged_into=person)


class KeySetup(models.Model):
    """An official set up an account or phone of a person: a conflict of interest for 30 days. Append-only."""

    class Kind(models.TextChoices):
        ACCOUNT = "account", _("account opened")
        PHONE = "phone", _("phone of the account replaced")
        CONTACT = "contact", _("phone on record changed")
        REGISTRATION = "registration", _("registered again in another household")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="key_setups", verbose_name=_("person")
    )
    official = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("official")
    )
    kind = models.CharField(_("what was set up"), max_length=12, choices=Kind.choices)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("setup of a key")
        verbose_name_plural = _("setups of keys")
        indexes = [
            models.Index(fields=["person", "at"], name="key_setup_person"),
            models.Index(fields=["at", "official"], name="key_setup_official"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class MoverConfirmation(models.Model):
    """Consent of a person registered before to the household an assisted session registers: by a code to
    their phone, or by being there, with a document that the official compared with them.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    assisted_session_id = models.UUIDField(_("case"))
    # Digest of the terms read to them (registry.changes.moves.terms): the consent is valid for these only.
    terms = models.BinaryField(null=True, max_length=32)
    document = models.CharField(_("document checked"), max_length=20, blank=True, db_default="")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("confirmation of another household")
        verbose_name_plural = _("confirmations of another household")
        constraints = [
            models.UniqueConstraint(fields=["assisted_session_id", "person"], name="mover_confirmation_once")
        ]


class LostNumber(models.Model):
    """The person, signed in with a fresh proof, reported this number as lost. Append-only."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="lost_numbers", verbose_name=_("person")
    )
    phone = models.CharField(_("phone number"), max_length=16)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("lost number")
        verbose_name_plural = _("lost numbers")
        constraints = [models.UniqueConstraint(fields=["person", "phone"], name="lost_number_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


@tracked
class PhoneReplacement(models.Model):
    """A request of an official to replace the phone of a person, or to open an account.

    It is applied when a second official confirms it, or after a number of days without an objection.
    ``phone`` was proved by a code. ``notified_phones`` are the numbers on record then; ``account`` is empty
    where one is to be opened.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a second official, or for the last day")
        APPLIED = "applied", _("replaced")
        OBJECTED = "objected", _("stopped: the person objected")
        STOPPED = "stopped", _("an official stopped it at an office")
        WITHDRAWN = "withdrawn", _("taken back by who asked for it")
        OVERTAKEN = "overtaken", _("ended: something changed meanwhile")

    class Cause(models.TextChoices):
        """Why it ended without being applied; the labels also fit a text message."""

        OBJECTED = "objected", _("somebody objected")
        STOPPED = "stopped", _("an official stopped it")
        WITHDRAWN = "withdrawn", _("the office took it back")
        TAKEN = "taken", _("the new number has another account")
        DRAFT = "draft", _("a registration was begun with the new number")
        CHANGED = "changed", _("the account was changed meanwhile")
        GONE = "gone", _("the record was closed")
        CLOSED = "closed", _("the account was closed")
        ALONE = "alone", _("no second official confirmed it")

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="replacements", verbose_name=_("person")
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("account"),
    )
    phone = models.CharField(_("new phone"), max_length=16)
    notified_phones = ArrayField(models.CharField(max_length=16), verbose_name=_("phones that were told"))
    reason = models.CharField(_("reason"), max_length=32)
    document = models.CharField(_("document checked"), max_length=20)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    assisted_session_id = models.UUIDField(_("case"), null=True)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    due_at = models.DateTimeField(_("holds without an objection from"))
    # An earlier one was stopped recently, or this one is doubted: it needs a second official, or ends.
    second_only = models.BooleanField(_("only with a second official"), default=False, db_default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    # Empty where it ended by time; of an objection, who objected.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    ended_at = models.DateTimeField(_("ended"), null=True)
    cause = models.CharField(
        _("why it was not done"), max_length=10, choices=Cause.choices, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = _("replacement of a phone")
        verbose_name_plural = _("replacements of phones")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="waiting"), name="replacement_one_waiting"
            ),
            models.CheckConstraint(
                name="replacement_by_a_second_official",
                condition=~Q(state="applied", asked_by=F("ended_by")),
            ),
            models.CheckConstraint(
                name="replacement_not_before_its_day",
                condition=~Q(state="applied", ended_by=None) | Q(ended_at__gte=F("due_at")),
            ),
            models.CheckConstraint(
                name="replacement_after_an_objection",
                condition=~Q(state="applied", ended_by=None, second_only=True),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="replacement_due"),
            models.Index(fields=["asked_at", "asked_by"], name="replacement_asked"),
            # Pages of a citizen query by their number, old or new.
            GinIndex(fields=["notified_phones"], name="replacement_notified"),
            models.Index(fields=["phone"], name="replacement_phone"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_first(self) -> bool:
        """Whether it opens an account rather than replaces a phone."""
        return self.account_id is None

    @property
    def state_words(self) -> str:
        """What was done, and of an objection, from where it came."""
        if self.state == self.State.APPLIED and self.is_first:
            return gettext("the account was opened")
        if self.state != self.State.OBJECTED or self.ended_by is None:
            return str(self.get_state_display())
        if self.ended_by_id == self.account_id:
            return gettext("stopped in the account")
        return gettext("stopped from the number on record")


RECENT = timedelta(days=30)
