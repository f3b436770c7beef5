from django.urls import path

from dsp_platform.notifications import views

app_name = "notifications"

urlpatterns = [path("phone/", views.demo_phone, name="demo_phone")]
