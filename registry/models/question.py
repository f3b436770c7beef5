"""What a programme asks of its applicants beside what the registry knows."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.programme import Programme


class ProgrammeQuestion(models.Model):
    """One question as stewards write it. Citizens are asked what stands in the latest ``QuestionsVersion``.

    Without a programme it stands in the bank: programmes that ask it refer to it by ``shared``, and what
    somebody answered for one of them is shown to them when another one asks.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("words")
        NUMBER = "number", _("a number")
        DATE = "date", _("a date")
        YES_NO = "yes_no", _("yes or no")
        ONE = "one", _("one of several choices")
        SEVERAL = "several", _("some of several choices")
        FILE = "file", _("photos or a file")

    class Dates(models.TextChoices):
        ANY = "any", _("any day")
        PAST = "past", _("today or before")
        FUTURE = "future", _("today or later")

    objects: "ClassVar[models.Manager[ProgrammeQuestion]]"

    programme = models.ForeignKey(
        Programme,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("programme"),
    )
    shared = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="asked_in",
        verbose_name=_("question of the bank"),
    )
    kind = models.CharField(_("answered by"), max_length=8, choices=Kind.choices, default=Kind.TEXT)
    title_km = models.CharField(_("question, in Khmer"), max_length=200, blank=True)
    title_en = models.CharField(_("question, in English"), max_length=200, blank=True)
    hint_km = models.CharField(_("hint, in Khmer"), max_length=300, blank=True)
    hint_en = models.CharField(_("hint, in English"), max_length=300, blank=True)
    # ``{"code", "km", "en"}`` each; a code is never given to another choice of the question.
    choices = models.JSONField(_("choices"), default=list, blank=True)
    least = models.IntegerField(
        _("at least"),
        null=True,
        blank=True,
        help_text=_("Of a number: the lowest. Of words: how many characters."),
    )
    most = models.IntegerField(
        _("at most"),
        null=True,
        blank=True,
        help_text=_("Of a number: the highest. Of words: how many characters."),
    )
    dates = models.CharField(_("which dates"), max_length=6, choices=Dates.choices, default=Dates.ANY)
    is_required = models.BooleanField(_("must be answered"), default=True)
    # A rule over facts and answers to earlier questions, such as ``q7 == true && age >= 60``.
    condition = models.TextField(_("asked only if"), blank=True)
    may_leave = models.BooleanField(
        _("may be sent to the operator's own system"),
        default=False,
        help_text=_(
            "Then it can be a field of the sharing agreement. The operator's reviewers read it here in any "
            "case."
        ),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        db_table = "registry_question"
        verbose_name = _("question of a programme")
        verbose_name_plural = _("questions of programmes")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title_km or self.title_en


class QuestionsVersion(models.Model):
    """The questions of a programme as two stewards published them. An application keeps its version.

    ``questions`` has those of ``registry.programmes.questions.definition``, in order. A trigger takes only
    what was approved.
    """

    objects: "ClassVar[models.Manager[QuestionsVersion]]"

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="questions_versions", verbose_name=_("programme")
    )
    number = models.PositiveIntegerField(_("version"))
    questions = models.JSONField(_("questions"), default=list)
    holds_from = models.DateTimeField(_("holds from"), default=timezone.now)

    class Meta:
        verbose_name = _("published questions")
        verbose_name_plural = _("published questions")
        ordering = ["programme", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="questions_version_once"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.programme} {self.number}"
