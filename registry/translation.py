from modeltranslation.translator import TranslationOptions, register

from registry.models import Benefit, Programme


@register(Programme)
class ProgrammeTranslation(TranslationOptions):
    fields = ("name", "summary", "for_whom", "documents", "how_long")


@register(Benefit)
class BenefitTranslation(TranslationOptions):
    fields = ("label", "per")
