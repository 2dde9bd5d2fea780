"""The providers of the notifications module: one file each, chosen by name in the settings of an account."""
