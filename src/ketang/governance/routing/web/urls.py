from django.urls import path

from ketang.governance.routing.web import views

urlpatterns = [
    path("routing", views.routing, name="routing"),
    path("playbook", views.playbook, name="playbook"),
]
