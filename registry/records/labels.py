"""The labels of the fields that operators receive."""

from django.utils.translation import gettext_lazy as _

PERSON = {
    "spid": _("SPID"),
    "family_name": _("Surname"),
    "given_name": _("Given name"),
    "full_name": _("Full name"),
    "latin_name": _("Name in Latin letters"),
    "sex": _("Sex"),
    "date_of_birth": _("Date of birth"),
    "birth_precision": _("How exactly the date of birth is known"),
    "year_of_birth": _("Year of birth"),
    "phone": _("Phone number"),
    "village_code": _("Village"),
    "commune_code": _("Commune or sangkat"),
    "household_number": _("Household number"),
    "relationship": _("Relationship to the head of household"),
    "is_head": _("Whether the person is the head of household"),
    "disability": _("Whether there is a disability"),
    "pregnant": _("Whether there is a pregnancy"),
    "studying": _("Whether the person goes to school"),
    "working": _("Whether the person works"),
    "poverty_level": _("Poverty level"),
    "document_type": _("Kind of identity document"),
    "document_number": _("Number of the identity document"),
    "verification": _("Who checked the details"),
    "died_on": _("Date of death"),
}
HOUSEHOLD = {
    "household_number": _("Household number"),
    "head_spid": _("SPID of the head of household"),
    "head_name": _("Name of the head of household"),
    "payee_spid": _("SPID of the person who receives the money"),
    "payee_name": _("Name of the person who receives the money"),
    "village_code": _("Village"),
    "commune_code": _("Commune or sangkat"),
    "address": _("House and street"),
    "member_count": _("Number of members"),
    "phone": _("Phone number"),
    "poverty_level": _("Poverty level"),
}
