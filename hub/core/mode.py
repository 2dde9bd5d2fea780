"""How far a module is let: one word that settings, the inbound chain and the outbox share."""

import enum


class Mode(enum.Enum):
    """OFF is never imported, READ_ONLY answers reads and sends nothing, ON does everything."""

    OFF = "off"
    READ_ONLY = "read_only"
    ON = "on"
