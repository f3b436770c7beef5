"""Of a code that two officials pass on, the person types the halves in whichever order."""

import pytest

from dsp_platform.accounts.staff import invitations
from registry.officials import services


@pytest.mark.parametrize("kind", ["invitation", "lost device", "return"])
def test_whichever_half_is_typed_first(kind, district, colleague, commune, commune_clerk):
    if kind == "invitation":
        request = services.invite_official(
            actor=district, username="sok.dara", full_name="សុខ ដារា", commune=commune
        )
        second = services.confirm_invitation(actor=colleague, request=request)
    elif kind == "lost device":
        request = services.report_lost_device(actor=district, official=commune_clerk)
        second = services.confirm_lost_device(actor=colleague, request=request)
    else:
        services.close_official(actor=district, official=commune_clerk)
        request = services.ask_return(actor=district, official=commune_clerk)
        second = services.confirm_return(actor=colleague, request=request)
    first = services.first_half(request)
    for code in (first + second, f"{second} {first}"):
        assert invitations.invitation_of(code).user == request.official
    for twice in (first + first, second + second):
        with pytest.raises(invitations.CannotJoin):
            invitations.invitation_of(twice)
