from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.database.history import tracked_as
from dsp_platform.encryption.fields import EncryptedTextField
from registry.models.household import Household
from registry.models.person import Person


@tracked_as(found_by=["household"])
class Consent(models.Model):
    """Given by one person for their household: for the registry itself (no operator) or for one operator.

    It lasts until ``withdrawn_at``. ``text_digest`` is SHA-256 of the exact text that was shown or read out.
    """

    class Channel(models.TextChoices):
        ONLINE = "online", _("online")
        COUNTER = "counter", _("read out at the counter")
        WITNESS = "witness", _("read out before a witness")
        CODE = "code", _("by a code to their phone")
        SHEET = "sheet", _("signature or thumbprint on a printed sheet")

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="consents", verbose_name=_("household")
    )
    given_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("given by")
    )
    operator_code = models.SlugField(_("operator"), max_length=32, blank=True)
    purpose = models.CharField(_("purpose"), max_length=300)
    text_digest = models.BinaryField(max_length=32)
    language = models.CharField(_("language"), max_length=2)
    channel = models.CharField(_("how given"), max_length=8, choices=Channel.choices)
    # The official who noted it at the counter.
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("official"),
    )
    witness_name = EncryptedTextField(_("witness"), null=True)
    # Reference of the printed sheet with this text; signed once ``channel`` says so.
    sheet = models.CharField(_("consent sheet"), max_length=11, blank=True, db_default="")
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["household", "operator_code"],
                condition=Q(withdrawn_at=None),
                name="consent_one_open_per_operator",
            )
        ]


class ConsentSheet(models.Model):
    """What was printed for the person of one case to sign: the exact texts, but nobody's name.

    ``text_digest`` is SHA-256 of the texts, printed on the sheet. The photo of the signed sheet is an upload.
    """

    # The kind of its uploads; their key is the reference.
    UPLOADS = "consent-sheet"

    reference = models.CharField(_("reference"), max_length=11, unique=True)
    assisted_session = models.ForeignKey(
        AssistedSession, on_delete=models.PROTECT, related_name="+", verbose_name=_("case")
    )
    texts = models.JSONField(_("texts"))
    text_digest = models.BinaryField(max_length=32)
    language = models.CharField(_("language"), max_length=2)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    signed_at = models.DateTimeField(_("photo received"), null=True)

    class Meta:
        verbose_name = _("consent sheet")
        verbose_name_plural = _("consent sheets")
        constraints = [
            models.UniqueConstraint(
                fields=["assisted_session", "text_digest"], name="consent_sheet_once_per_text"
            )
        ]

    def __str__(self) -> str:
        return self.reference
