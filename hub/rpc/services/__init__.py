"""Services of the hub itself: events and administration. Modules bring their own servicers."""
