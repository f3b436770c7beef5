from django.urls import path

from applications import letter_views, views

app_name = "applications"

urlpatterns = [
    path("apply/<slug:code>/", views.apply, name="apply"),
    path("apply/<slug:code>/<int:member>/", views.apply, name="apply_for"),
    path("applications/<str:reference>/", views.application, name="application"),
    path("applications/<str:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("applications/<str:reference>/letter/", letter_views.letter, name="letter"),
]
