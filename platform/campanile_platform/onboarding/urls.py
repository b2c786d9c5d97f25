"""The wizard and the live view of a job."""

from django.urls import path

from campanile_platform.onboarding import views

app_name = "onboarding"
urlpatterns = [
    path("nuova/", views.choose, name="choose"),
    path("nuova/<str:istat_code>/", views.fill_in, name="fill_in"),
    path("<uuid:pk>/", views.job, name="job"),
    path("<uuid:pk>/passi/", views.job_steps, name="steps"),
    path("<uuid:pk>/riprova/", views.retry, name="retry"),
]
