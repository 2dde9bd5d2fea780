"""Secrets at rest in one encrypted file, for the hub and the signer agent alike. It imports none of ours."""
