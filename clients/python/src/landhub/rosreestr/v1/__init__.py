"""Generated from proto/ by `make proto`: landhub.rosreestr.v1."""
