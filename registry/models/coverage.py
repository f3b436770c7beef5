from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.programme import Programme


class CoverageCount(models.Model):
    """How many persons of a commune get several supports, or none though a rule says that they likely may.

    Counted anew each night (``registry.coverage``). Without a programme: of all programmes together.
    One row of each kind is of the whole country, without a commune: it tells when it was counted, also where
    nobody was found.
    """

    class Kind(models.TextChoices):
        SEVERAL = "several", _("in several programmes")
        NONE = "none", _("in no programme, though likely for one")

    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices)
    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("programme")
    )
    commune = models.CharField(_("commune or sangkat"), max_length=6, blank=True)
    persons = models.PositiveIntegerField(_("persons"))
    counted_at = models.DateTimeField(_("counted"), default=timezone.now)

    class Meta:
        verbose_name = _("reach of the programmes")
        verbose_name_plural = _("reach of the programmes")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "programme", "commune"], nulls_distinct=False, name="coverage_count_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
