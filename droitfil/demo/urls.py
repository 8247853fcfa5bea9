"""The addresses of the demonstration; nowhere else are they served."""

from __future__ import annotations

from django.urls import path

from droitfil.demo import views

urlpatterns = [
    path("demo", views.demo, name="demo"),
    path("demo/entrer", views.enter, name="demo-enter"),
    path("demo/nuit", views.next_night, name="demo-night"),
    path("demo/veille", views.eve, name="demo-eve"),
    path("demo/vrai-jour", views.real_day, name="demo-real-day"),
    path("demo/courrier", views.mailbox, name="demo-mailbox"),
    path("demo/telephone", views.telephone, name="demo-telephone"),
]
