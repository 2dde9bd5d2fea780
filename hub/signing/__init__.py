"""The hub's side of the signer agents: the port its modules speak and the client behind it."""
