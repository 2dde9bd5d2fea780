"""The providers of the payments module: one file each, chosen by name in the settings of an account."""
