"""Simulators of the vendors that carry messages: SMS, e-mail, messengers."""
