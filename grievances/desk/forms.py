from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.web.forms import ReferenceField


class GrievanceReferenceForm(forms.Form):
    use_required_attribute = False
    reference = ReferenceField(label=_("Reference"))
