from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dsp_platform.database.history import tracked_as


@tracked_as(exclude=["address_keys"])
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
    # Search keys: khmer.text.search_key of the Khmer name, areas.romanisation.latin_key of the Latin one.
    key_km = models.CharField(max_length=200)
    key_latin = models.CharField(max_length=200)
    # What it is found by (areas.address_keys), and what each area is found by that it lies in.
    address_keys = SearchVectorField()
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]
        indexes = [GinIndex(fields=["address_keys"], name="area_address_keys", fastupdate=False)]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_latin if get_language() == "en" else self.name_km
