from django.urls import path

from ketang.core.cases.web import desk, pages, phone

urlpatterns = [
    path("", pages.home, name="home"),
    path("work", desk.work, name="work"),
    path("work.csv", desk.export, name="work-export"),
    path("find", desk.find, name="find"),
    path("notices", pages.notices, name="notices"),
    path("tasks", phone.tasks, name="tasks"),
    path("tasks/short", phone.short, name="short"),
    path("cases/<str:number>", pages.case, name="case"),
    path("cases/<str:number>/reveal", pages.reveal, name="case-reveal"),
    path("cases/<str:number>/<slug:verb>", pages.verb, name="case-verb"),
]
