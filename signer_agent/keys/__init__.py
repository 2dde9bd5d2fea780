"""Where private keys are: the port, and one file for each kind of place."""
