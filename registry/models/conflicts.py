from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.database.history import tracked
from dsp_platform.encryption.fields import EncryptedTextField
from registry.models.change import ChangeRequest
from registry.models.person import Person


@tracked
class SourceConflict(models.Model):
    """An import source says something else of a person than the record: shown to stewards, and decided.

    One row for each value that a source gives, whatever is decided about it: a value that was not taken does
    not come back with the next file. Values are as in ``registry.provenance.columns``.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        KEPT = "kept", _("the value on record was kept")
        TAKEN = "taken", _("the value of the source was taken")
        ENDED = "ended", _("ended: both say the same, or the source says something new")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="source_conflicts", verbose_name=_("person")
    )
    # A key of registry.fields.table.
    field = models.CharField(_("field"), max_length=32)
    # The code of the import source.
    source = models.SlugField(_("source"), max_length=32, db_index=False)
    in_source = EncryptedTextField(_("value of the source"))
    # Keyed, of the value of the source.
    digest = models.BinaryField(max_length=32)
    since = models.DateTimeField(_("since"), default=timezone.now)
    state = models.CharField(_("state"), max_length=5, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    # Set by who decides, where a request for a change was made instead.
    asked: ChangeRequest | None = None

    class Meta:
        verbose_name = _("conflict of two sources")
        verbose_name_plural = _("conflicts of sources")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "field", "source", "digest"], name="source_conflict_once"
            ),
            models.UniqueConstraint(
                fields=["person", "field", "source"],
                condition=Q(state="open"),
                name="source_conflict_one_open",
            ),
            models.CheckConstraint(
                name="source_conflict_decided_by_somebody",
                condition=~Q(state__in=["kept", "taken"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["source", "field", "id"], condition=Q(state="open"), name="source_conflict_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
