"""Serves landhub.notifications.v1: turns messages into the domain's values and back, and nothing else."""


class NotificationsServicer:
    """Its methods come with the service."""
