"""The signer agent: the only one who holds keys. It signs what its own policy allows, in a form it built itself."""
