"""Commands that have more to them than a line of `__main__`."""
