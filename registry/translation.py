from modeltranslation.translator import TranslationOptions, register

from registry.models import Benefit, ImportSource, LifeSituation, Programme
from registry.models.programme import TEXTS


@register(Programme)
class ProgrammeTranslation(TranslationOptions):
    fields = TEXTS


@register(Benefit)
class BenefitTranslation(TranslationOptions):
    fields = ("label", "per", "source")


@register(LifeSituation)
class LifeSituationTranslation(TranslationOptions):
    fields = ("name",)


@register(ImportSource)
class ImportSourceTranslation(TranslationOptions):
    fields = ("name",)
