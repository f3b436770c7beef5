from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dsp_platform.database.history import tracked


@tracked
class Area(models.Model):
    """Province, district, commune or village. The area that an official works for is a prefix of ``code``."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("province or capital")
        DISTRICT = "district", _("district or khan")
        COMMUNE = "commune", _("commune or sangkat")
        VILLAGE = "village", _("village")

    code = models.CharField(_("code"), max_length=8, primary_key=True)
    level = models.CharField(_("level"), max_length=8, choices=Level.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="children", verbose_name=_("part of")
    )
    name_km = models.CharField(_("Khmer name"), max_length=100)
    name_latin = models.CharField(_("name in Latin letters"), max_length=100)
    # Search keys: dsp_platform.khmer.text.search_key of the Khmer name, and of the Latin one.
    key_km = models.CharField(max_length=200)
    key_latin = models.CharField(max_length=200)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]
        indexes = [
            models.Index(OpClass("key_km", "varchar_pattern_ops"), name="area_key_km"),
            models.Index(OpClass("key_latin", "varchar_pattern_ops"), name="area_key_latin"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_latin if get_language() == "en" else self.name_km
