from django.urls import path

from dsp_platform.uploads import views

app_name = "uploads"

urlpatterns = [
    path("documents/<uuid:upload>/<int:number>/", views.page, {"size": "page"}, name="page"),
    path("documents/<uuid:upload>/<int:number>/small/", views.page, {"size": "small"}, name="small"),
    path("documents/<uuid:upload>/remove/", views.remove, name="remove"),
    path("documents/<slug:kind>/<str:key>/", views.documents, name="documents"),
]
