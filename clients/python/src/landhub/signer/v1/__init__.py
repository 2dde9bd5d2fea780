"""Generated from proto/ by `make proto`: landhub.signer.v1."""
