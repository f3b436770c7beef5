from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.database.history import tracked, tracked_as
from registry.models.person import Person
from registry.models.programme import Programme


@tracked_as(found_by=["person"])
class Enrolment(models.Model):
    """A person in a programme, as its operator reports it: the Beneficiary Registry."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")
        ENDED = "ended", _("ended")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("person")
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("programme")
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.ACTIVE)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    operator_reference = models.CharField(_("operator's number"), max_length=128, blank=True)
    # As the operator's own database has them.
    member_number = models.CharField(_("member number"), max_length=64, blank=True)
    card_number = models.CharField(_("card number"), max_length=64, blank=True)
    level = models.CharField(_("level"), max_length=32, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "programme"],
                condition=~models.Q(state="ended"),
                name="enrolment_one_open",
            )
        ]
        indexes = [
            models.Index(
                fields=["operator_reference"],
                condition=~models.Q(operator_reference=""),
                name="enrolment_operator_reference",
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


@tracked
class Payment(models.Model):
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="payments", verbose_name=_("enrolment")
    )
    amount = models.PositiveIntegerField(_("amount in riel"))
    paid_on = models.DateField(_("paid on"))
    operator_reference = models.CharField(_("operator's number"), max_length=128)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "operator_reference"], name="payment_once")
        ]
