from django.urls import path

from applications import answer_views, letter_views, views

app_name = "applications"

urlpatterns = [
    path("apply/<slug:code>/", views.apply, name="apply"),
    path("apply/<slug:code>/<int:member>/", views.apply, name="apply_for"),
    path("apply/<slug:code>/<int:member>/questions/<slug:question>/", answer_views.question, name="question"),
    path("applications/<str:reference>/", views.application, name="application"),
    path("applications/<str:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("applications/<str:reference>/letter/", letter_views.letter, name="letter"),
]
