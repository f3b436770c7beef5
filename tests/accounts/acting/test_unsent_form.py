from django import forms
from django.http import QueryDict

from dsp_platform.web.forms import bind


class NameForm(forms.Form):
    name = forms.CharField()
    village = forms.CharField()


def test_a_form_given_back_is_filled_and_not_judged(rf):
    request = rf.get("/")
    request.unsent = QueryDict("name=Sokha")
    form = bind(NameForm, request)
    assert form["name"].value() == "Sokha"
    assert not form.errors
