"""Who signs: the signer agents."""
