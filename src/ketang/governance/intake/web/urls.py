from django.urls import path

from ketang.governance.intake.web import desk, report, status

urlpatterns = [
    path("report", report.report, name="report"),
    path("receipt/<str:receipt>", report.receipt, name="receipt"),
    path("s", status.find, name="status_find"),
    path("s/<str:receipt>", status.status, name="status"),
    path("s/<str:receipt>/rate", status.rate, name="status_rate"),
    path("s/<str:receipt>/note", status.note, name="status_note"),
    path("s/<str:receipt>/follow", status.follow, name="status_follow"),
    path("mine", status.mine, name="mine"),
    path("desk/new", desk.new, name="desk_new"),
    path("desk/unsorted", desk.unsorted, name="unsorted"),
]
