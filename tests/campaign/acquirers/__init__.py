"""The acquirers of a simulated machine: a file for each family of providers."""
