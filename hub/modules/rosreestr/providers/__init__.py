"""The providers of the rosreestr module: one file each, chosen by name in the settings."""
