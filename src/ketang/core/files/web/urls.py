from django.urls import path

from ketang.core.files.web import views

urlpatterns = [
    path("files", views.upload, name="files"),
    path("files/<uuid:file_id>", views.download, name="file"),
    path("files/<uuid:file_id>/thumb", views.thumb, name="file_thumb"),
    path("files/<uuid:file_id>/thumb/<int:size>", views.thumb, name="file_thumb_sized"),
]
