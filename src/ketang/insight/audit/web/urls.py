from django.urls import path

from ketang.insight.audit.web import views

urlpatterns = [
    path("audit", views.listing, name="audit"),
    path("audit.csv", views.export, name="audit_csv"),
]
