from django.urls import path

from dsp_platform.accounts import counter_views, session_views, step_up_views, views

app_name = "accounts"

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/code/", views.code, name="code"),
    path("sign-out/", session_views.sign_out, name="sign_out"),
    path("my/account/confirm/", step_up_views.ask, name="step_up"),
    path("my/account/confirm/code/", step_up_views.code, name="step_up_code"),
    path("my/sessions/", session_views.my_sessions, name="sessions"),
    path("counter/sign-in/", counter_views.counter_sign_in, name="counter_sign_in"),
]
