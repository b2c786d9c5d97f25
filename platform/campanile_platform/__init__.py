"""The aggregator centre's side, and the Django project."""
