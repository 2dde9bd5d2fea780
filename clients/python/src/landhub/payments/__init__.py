"""Generated from proto/ by `make proto`: landhub.payments."""
