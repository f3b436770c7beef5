from django.urls import path

from dsp_platform.offline import views

app_name = "offline"

urlpatterns = [
    path("offline/", views.unsent_list, name="list"),
    path("offline/status/", views.status, name="status"),
    path("offline/settle/", views.settle, name="settle"),
]
