"""The files of an installation: what `hub init` makes, where they lie, and how private ones are opened."""
