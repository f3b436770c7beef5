from django.urls import URLPattern, URLResolver, path

from registry.appointments import views as appointments
from registry.changes import counter_views
from registry.changes import views as changes
from registry.changes.hearings import views as household_changes
from registry.changes.moves import views as moves
from registry.claims import views as claim
from registry.consents import views as consents
from registry.counter import case_views, consent_views, desk_views, sheet_views
from registry.duplicates import counter_views as duplicates
from registry.history import views as history
from registry.home import views as me
from registry.my_data import message_views as messages
from registry.my_data import views as my_data
from registry.officials import views as officials
from registry.offline import views as offline
from registry.phones import first_phone_views as first_phone
from registry.phones import lost_number_views as lost_number
from registry.phones.replacements import lost_phone_views as lost_phone
from registry.phones.replacements import views as replacements
from registry.practice import views as practice
from registry.programmes import check_views as check
from registry.programmes import views as public
from registry.registration import members_elsewhere_views
from registry.registration import views as register
from registry.registration.roster import views as roster
from registry.village_days import plan_views, visit_views
from registry.village_days import views as village_days

app_name = "registry"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.home, name="home"),
    path("programmes/", public.programmes, name="programmes"),
    path("programmes/<slug:code>/", public.programme, name="programme"),
    path("check/", check.check, name="check"),
    path("my/", me.me, name="me"),
    path("my/card/", me.card, name="card"),
    path("my/card/<int:member>/", me.card, name="card_of"),
    path("my/messages/", messages.messages, name="messages"),
    path("my/claim/", claim.claim, name="claim"),
    path("my/claim/code/", claim.code, name="claim_code"),
    path("my/consents/", consents.consents, name="consents"),
    path("my/consents/sheet/", sheet_views.sheet_new, name="consent_sheet_new"),
    path("my/consents/sheet/<str:reference>/", sheet_views.sheet, name="consent_sheet"),
    path("my/consents/<slug:code>/give/", consents.give, name="consent_give"),
    path("my/consents/<slug:code>/give/code/", consents.give_code, name="consent_give_code"),
    path("my/consents/<slug:code>/withdraw/", consents.withdraw, name="consent_withdraw"),
    path("my/data/", my_data.my_data, name="my_data"),
    path("my/data/access-log/", my_data.access_log, name="my_data_access_log"),
    path("my/data/help/", my_data.help_given, name="my_data_help"),
    path("my/data/history/", history.my_history, name="my_data_history"),
    path("my/data/download/", my_data.download, name="my_data_download"),
    path("my/data/everything/", my_data.everything, name="my_data_everything"),
    path("my/data/everything.json", my_data.everything_json, name="my_data_json"),
    path("my/changes/", changes.changes, name="changes"),
    path("my/changes/requests/<str:reference>/", changes.change_request, name="change_request"),
    path("my/changes/requests/<str:reference>/withdraw/", changes.change_withdraw, name="change_withdraw"),
    path("my/changes/<slug:kind>/", changes.change, name="change"),
    path("my/changes/<slug:kind>/<slug:question>/", changes.change_question, name="change_question"),
    path("register/", register.question, {"question": ""}, name="register"),
    path("register/yes/", members_elsewhere_views.register_confirmation, name="register_confirmation"),
    path("register/household/", roster.roster, name="roster"),
    path("register/<slug:question>/", register.question, name="register_question"),
    path("register/member/<int:number>/already/", register.already, name="register_already"),
    path("register/member/<int:number>/remove/", register.remove, name="register_remove"),
    path(
        "register/member/<int:number>/<slug:question>/",
        register.question,
        name="register_member",
    ),
    path("offline/household/", offline.write, name="offline_household"),
    path("offline/household/send/", offline.receive, name="offline_household_send"),
    path("registered/", me.registered, name="registered"),
    path("slip/", me.slip, name="slip"),
    path("counter/", desk_views.counter, name="counter"),
    path("counter/open/", case_views.counter_open, name="counter_open"),
    path("counter/open/code/", consent_views.counter_open_code, name="counter_open_code"),
    path("counter/end/", case_views.counter_end, name="counter_end"),
    path("counter/come-back/", appointments.make, name="appointment_make"),
    path("counter/come-back/<int:pk>/end/", appointments.end, name="appointment_end"),
    path("counter/lost-phone/", lost_phone.lost_phone, name="lost_phone"),
    path("counter/lost-phone/code/", lost_phone.lost_phone_code, name="lost_phone_code"),
    path("counter/first-phone/", first_phone.first_phone, name="first_phone"),
    path("counter/first-phone/code/", first_phone.first_phone_code, name="first_phone_code"),
    path("counter/phones/", replacements.counter_phones, name="counter_phones"),
    path("counter/phones/<str:reference>/", replacements.counter_phone, name="counter_phone"),
    path("counter/phones/<str:reference>/stop/", replacements.counter_phone_stop, name="counter_phone_stop"),
    path("my/phones/<str:reference>/", replacements.my_phone, name="my_phone"),
    path("my/lost-number/", lost_number.lost_number, name="lost_number"),
    path("my/moves/<str:reference>/", moves.my_move, name="my_move"),
    path("my/moves/<str:reference>/code/", moves.my_move_code, name="my_move_code"),
    path("counter/moves/<str:reference>/", moves.counter_move, name="counter_move"),
    path("counter/moves/<str:reference>/code/", moves.counter_move_code, name="counter_move_code"),
    path(
        "my/household-changes/<str:reference>/",
        household_changes.my_household_change,
        name="my_household_change",
    ),
    path(
        "counter/household-changes/<str:reference>/",
        household_changes.counter_household_change,
        name="counter_household_change",
    ),
    path("counter/officials/", officials.officials, name="officials"),
    path("counter/officials/invite/", officials.invite, name="official_invite"),
    path("counter/officials/requests/<int:pk>/", officials.official_request, name="official_request"),
    path("counter/officials/<int:pk>/", officials.official, name="official"),
    path("counter/officials/<int:pk>/close/", officials.official_close, name="official_close"),
    path("counter/officials/<int:pk>/lost/", officials.official_lost_device, name="official_lost_device"),
    path("counter/officials/<int:pk>/again/", officials.official_invite_again, name="official_invite_again"),
    path("counter/practice/", practice.practice, name="practice"),
    path("counter/practice/write/", practice.write, name="practice_write"),
    path("counter/practice/result/", practice.result, name="practice_result"),
    path("counter/village-days/", village_days.village_days, name="village_days"),
    path("counter/village-days/plan/", plan_views.village, name="village_day_village"),
    path("counter/village-days/plan/<str:village>/", plan_views.plan, name="village_day_plan"),
    path("counter/village-days/<int:pk>/", village_days.village_day, name="village_day"),
    path("counter/village-days/<int:pk>/list/", village_days.printed, name="village_day_list"),
    path("counter/village-days/<int:pk>/numbers/", village_days.numbers, name="village_day_numbers"),
    path("counter/village-days/<int:pk>/cancel/", village_days.cancel, name="village_day_cancel"),
    path("counter/visits/<int:pk>/", visit_views.visit, name="household_visit"),
    path("counter/visits/<int:pk>/case/", visit_views.open_case, name="household_visit_case"),
    path("counter/visits/<int:pk>/return/", visit_views.give_back, name="household_visit_return"),
    path("counter/one-person/", duplicates.counter_duplicates, name="counter_duplicates"),
    path("counter/one-person/<str:reference>/", duplicates.counter_duplicate, name="counter_duplicate"),
    path("counter/changes/", counter_views.counter_changes, name="counter_changes"),
    path("counter/changes/<str:reference>/", counter_views.counter_change, name="counter_change"),
]
