"""Generated from proto/ by `make proto`: landhub.notifications.v1."""
