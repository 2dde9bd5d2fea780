"""Module notifications: tells people, every message once, by the channel that works, and knows what became of it."""
