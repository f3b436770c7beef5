from django.urls import URLPattern, URLResolver, path

from registry.views import check, claim, consents, counter, me, public, register

app_name = "registry"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.home, name="home"),
    path("programmes/", public.programmes, name="programmes"),
    path("programmes/<slug:code>/", public.programme, name="programme"),
    path("check/", check.check, name="check"),
    path("my/", me.me, name="me"),
    path("my/claim/", claim.claim, name="claim"),
    path("my/consents/", consents.consents, name="consents"),
    path("register/", register.register, name="register"),
    path("register/<slug:step>/", register.step, name="register_step"),
    path("register/member/<int:number>/remove/", register.remove, name="register_remove"),
    path("register/member/<int:number>/<slug:step>/", register.step, name="register_member"),
    path("registered/", me.registered, name="registered"),
    path("slip/", me.slip, name="slip"),
    path("counter/", counter.counter, name="counter"),
    path("counter/open/", counter.counter_open, name="counter_open"),
    path("counter/end/", counter.counter_end, name="counter_end"),
]
