"""Puts the hub together: settings, shared services, enabled modules, servers. It has no rules of its own."""
