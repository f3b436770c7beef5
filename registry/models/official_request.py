from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.area import Area


class OfficialRequest(models.Model):
    """What a district asks about an official, and who answers: the district that they move to, or a second
    official of their own, who knows that a device was lost, whom they invite, or who works again."""

    class Kind(models.TextChoices):
        TRANSFER = "transfer", _("move to another district")
        LOST_DEVICE = "lost", _("lost device")
        INVITATION = "invite", _("invitation")
        RETURN = "return", _("back into service")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("taken back")
        # Nobody answered in time, or stewards made a new invitation.
        LAPSED = "lapsed", _("lapsed")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    official = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("official")
    )
    # That answers: the one they move to, or their own.
    district = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("district"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("request about an official")
        verbose_name_plural = _("requests about officials")
        constraints = [
            models.UniqueConstraint(
                fields=["official"], condition=Q(state="waiting"), name="official_request_one_waiting"
            ),
            models.CheckConstraint(
                name="official_request_maker_is_not_checker",
                condition=~Q(asked_by=F("answered_by"))
                & ~Q(official=F("asked_by"))
                & ~Q(official=F("answered_by")),
            ),
        ]
