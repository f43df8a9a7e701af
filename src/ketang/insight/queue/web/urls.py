from django.urls import path

from ketang.insight.queue.web import views

urlpatterns = [
    path("admin/queue", views.listing, name="queue"),
    path("admin/queue/<int:message_id>/replay", views.replay, name="queue_replay"),
]
