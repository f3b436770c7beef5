from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.encryption.fields import EncryptedJSONField
from registry.models.household import Household


class RareFact(models.Model):
    """Something rare that was said to be right at a registration; ``registry.plausibility`` has the rules.

    ``fact`` has names, dates of birth and the number as they were confirmed; ``persons`` are the keys of whom
    it concerns, none where it concerns the whole household. A change keeps its own with its answers.
    """

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="rare_facts", verbose_name=_("household")
    )
    rule = models.CharField(_("what is rare"), max_length=20)
    fact = EncryptedJSONField()
    persons = models.JSONField(default=list)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    confirmed_at = models.DateTimeField(_("confirmed"), default=timezone.now)

    class Meta:
        verbose_name = _("rare fact of a registration")
        verbose_name_plural = _("rare facts of registrations")
        indexes = [models.Index(fields=["-confirmed_at", "-id"], name="rare_fact_by_day")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
