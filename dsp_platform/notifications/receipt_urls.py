from django.urls import path

from dsp_platform.notifications import receipt_views

app_name = "receipts"

urlpatterns = [path("<slug:provider>/", receipt_views.receive, name="receive")]
