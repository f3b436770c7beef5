from modeltranslation.translator import TranslationOptions, register

from dsp_platform.exchange.models import Agreement, Operator


@register(Operator)
class OperatorTranslation(TranslationOptions):
    fields = ("name", "system")


@register(Agreement)
class AgreementTranslation(TranslationOptions):
    fields = ("purpose",)
