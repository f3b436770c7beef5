from modeltranslation.translator import TranslationOptions, register

from registry.models import Benefit, LifeSituation, Programme


@register(Programme)
class ProgrammeTranslation(TranslationOptions):
    fields = (
        "name",
        "summary",
        "for_whom",
        "gives",
        "how_to",
        "documents",
        "how_long",
        "contact",
        "state_note",
        "source",
    )


@register(Benefit)
class BenefitTranslation(TranslationOptions):
    fields = ("label", "per", "source")


@register(LifeSituation)
class LifeSituationTranslation(TranslationOptions):
    fields = ("name",)
