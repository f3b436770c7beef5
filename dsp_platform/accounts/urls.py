from django.urls import path

from dsp_platform.accounts.my_account import views as account_views
from dsp_platform.accounts.passkeys import views as passkey_views
from dsp_platform.accounts.sessions import lock_views
from dsp_platform.accounts.sessions import views as session_views
from dsp_platform.accounts.sign_in import step_up_views, views
from dsp_platform.accounts.staff import credential_views as staff_views
from dsp_platform.accounts.staff import join_views
from dsp_platform.accounts.staff_sign_in import views as counter_views

app_name = "accounts"

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/code/", views.code, name="code"),
    path("sign-in/passkey/", passkey_views.sign_in, name="passkey_sign_in"),
    path("sign-out/", session_views.sign_out, name="sign_out"),
    path("my/account/", account_views.account, name="account"),
    path("my/account/confirm/", step_up_views.ask, name="step_up"),
    path("my/account/confirm/code/", step_up_views.code, name="step_up_code"),
    path("my/account/confirm/passkey/", passkey_views.prove, name="step_up_passkey"),
    path("my/account/phone/", account_views.new_phone, name="new_phone"),
    path("my/account/phone/code/", account_views.new_phone_code, name="new_phone_code"),
    path("my/account/passkeys/add/", passkey_views.add, name="passkey_add"),
    path("my/account/passkeys/options/", passkey_views.adding_options, name="passkey_options"),
    path("my/account/passkeys/<int:pk>/remove/", passkey_views.remove, name="passkey_remove"),
    path("my/sessions/", session_views.my_sessions, name="sessions"),
    path("counter/sign-in/", counter_views.counter_sign_in, name="counter_sign_in"),
    path("counter/lock/", lock_views.lock, name="lock"),
    path("staff/join/", join_views.join, name="join"),
    path("staff/join/set-up/", join_views.set_up, name="join_set_up"),
    path("staff/password/", staff_views.change_password, name="staff_password"),
    path("staff/authenticator/", staff_views.change_second_factor, name="staff_second_factor"),
]
