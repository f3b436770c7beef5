from django.urls import path

from applications import views

app_name = "applications"

urlpatterns = [
    path("apply/<slug:code>/", views.apply, name="apply"),
    path("apply/<slug:code>/<int:member>/", views.apply, name="apply_for"),
    path("applications/<str:reference>/", views.application, name="application"),
    path("applications/<str:reference>/withdraw/", views.withdraw, name="withdraw"),
]
