from django.urls import path

from dsp_platform.help import views

app_name = "help"

urlpatterns = [
    path("help/", views.index, name="index"),
    path("help/<slug:slug>/", views.page, name="page"),
]
