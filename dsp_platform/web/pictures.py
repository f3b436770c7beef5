"""The SVG drawings in ``templates/pictures``, and what they show."""

from django.utils.translation import gettext_lazy as _

PICTURES = {
    "apply": _("A sheet that is filled in"),
    "baby": _("A baby"),
    "camera": _("A camera"),
    "card": _("A card"),
    "change": _("Arrows in a circle"),
    "data": _("A shield with a tick"),
    "disability": _("A wheelchair"),
    "disaster": _("A house in a flood"),
    "grievance": _("A speech bubble"),
    "help": _("A question mark"),
    "household": _("A family at home"),
    "illness": _("A medicine case"),
    "letter": _("A letter"),
    "lost-phone": _("A phone with a question mark"),
    "office": _("An office"),
    "old-age": _("An old person with a stick"),
    "phone": _("A phone"),
    "safety": _("A padlock"),
    "school": _("An open book"),
    "search": _("A magnifying glass"),
    "work": _("A briefcase"),
}
"""By name of the file."""
