from django.urls import path

from grievances import appeal_views, lost_pin_views, phone_views, views
from grievances.attachments import views as attachments
from grievances.desk import views as desk
from grievances.letter import views as letter
from grievances.satisfaction import views as satisfaction
from grievances.statistics import views as statistics

app_name = "grievances"

urlpatterns = [
    path("counter/grievances/", desk.grievances, name="desk"),
    path("counter/grievances/<str:reference>/", desk.grievance, name="desk_grievance"),
    path("counter/grievances/<str:reference>/note/", desk.note, name="desk_note"),
    path("counter/grievances/<str:reference>/next/", desk.following, name="desk_next"),
    path("applications/<str:reference>/appeal/", appeal_views.appeal, name="appeal"),
    path("grievances/report/", views.report, {"question": "category"}, name="report"),
    path("grievances/report/<slug:question>/", views.report, name="report_question"),
    path("grievances/reported/", views.reported, name="reported"),
    path("grievances/follow/", views.follow, name="follow"),
    path("grievances/lost-pin/", lost_pin_views.ask, name="lost_pin"),
    path("grievances/lost-pin/code/", lost_pin_views.code, name="lost_pin_code"),
    path("grievances/files/<str:reference>/", attachments.files, name="files"),
    path(
        "grievances/files/<str:reference>/<uuid:upload>/<int:number>/",
        attachments.file,
        {"size": "page"},
        name="file",
    ),
    path(
        "grievances/files/<str:reference>/<uuid:upload>/<int:number>/small/",
        attachments.file,
        {"size": "small"},
        name="file_small",
    ),
    path("grievances/<str:reference>/phone/", phone_views.ask, name="confirm_phone"),
    path("grievances/<str:reference>/phone/code/", phone_views.code, name="confirm_phone_code"),
    path("grievances/numbers/", statistics.numbers, name="numbers"),
    path("grievances/<str:reference>/letter/", letter.letter, name="letter"),
    path("grievances/<str:reference>/satisfaction/", satisfaction.rate, name="rate"),
    path("grievances/<str:reference>/look-again/", satisfaction.look_again, name="look_again"),
    path("grievances/<str:reference>/", views.grievance, name="grievance"),
]
