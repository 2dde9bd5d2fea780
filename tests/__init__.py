"""Tests; a package, because one of our dependencies installs another of this name."""
