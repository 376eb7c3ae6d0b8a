"""The shop has one page."""

from django.urls import path

from visits.views import front_page

urlpatterns = [path("", front_page)]
