"""The modules: one folder each, which never import one another."""
