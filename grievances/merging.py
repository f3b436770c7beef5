"""Whose grievances are when two records become one, and two again."""

from django.utils.translation import gettext_lazy as _

from grievances.models import Grievance
from registry.merging.contract import Part

# By its reference alone: nobody who undoes a merge reads what it says.
PART = Part(model=Grievance, kind=_("grievance"), persons=("person_id",), is_listed=True)
