from django.urls import path

from ketang.demo import views

urlpatterns = [
    path("demo", views.control, name="demo"),
    path("demo/pace", views.choose_pace, name="demo_pace"),
    path("demo/now", views.happen_now, name="demo_now"),
]
