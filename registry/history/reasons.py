"""Why rows were written, in words: by the code that a service gives ``history_context``."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label

REASONS: dict[str, Label] = {
    "register": _("Registration"),
    "ask_change": _("A change was asked for"),
    "decide_change": _("A change was decided"),
    "withdraw_change": _("A change was taken back"),
    "agree_to_move": _("Consent to another household"),
    "answer_for_mover": _("Answer about another household"),
    "refuse_to_move": _("Refusal of another household"),
    "answer_household_change": _("Answer about a change of the household"),
    "undo_death": _("A death recorded wrongly was undone"),
    "set_poverty_level": _("Assessment of poverty"),
    "set_disability_level": _("Identification of disability"),
    "save_card": _("Number of a card"),
    "give_consent": _("Consent given"),
    "sign_sheet": _("The signed consent sheet came"),
    "withdraw_consent": _("Consent taken back"),
    "enrol": _("Enrolment in a programme"),
    "set_suspended": _("Support suspended or resumed"),
    "end_enrolment": _("End of a support"),
    "note_payment": _("Payment"),
    "take_back_payment": _("Payment returned"),
    "take_source_value": _("A value of another source was taken"),
    "import": _("Import of a file"),
    "place_named": _("Placed in the household that a source named"),
    "undo_import": _("An import was undone"),
    "merge": _("Two records became one"),
    "unmerge": _("One record became two again"),
    "claim_person": _("Account joined to the record"),
    "confirm_replacement": _("Another phone, confirmed by a second official"),
    "apply_due": _("Another phone, after the days to object"),
    "object_to_replacement": _("Objection to another phone"),
    "stop_at_office": _("Another phone was stopped at an office"),
    "withdraw_replacement": _("Another phone was not asked for any more"),
    "doubt_replacement": _("Another phone was doubted"),
    "load_areas": _("Another edition of the gazetteer"),
    "load_catalogue": _("Another edition of the catalogue"),
    "save_import_source": _("Change of an import source"),
    "approve_import_source": _("An import source was approved"),
    "stop_import_source": _("An import source was ended"),
    "load_import_sources": _("Another edition of the import sources"),
    "save_programme": _("Change of a programme"),
    "save_situation": _("Change of a life situation"),
}
OTHER = _("Change of the record")
DOORS: Mapping[str, Label] = {
    "citizen": _("online"),
    "official": _("at the counter"),
    "reviewer": _("by an operator"),
    "steward": _("by a steward"),
    "auditor": _("by staff"),
}
BY_ITSELF = _("by the platform")
