"""The data that the shop stores."""

from django.db import models


class Visit(models.Model):
    """One request for the front page."""

    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"visit {self.pk} at {self.at:%Y-%m-%d %H:%M:%S}"
