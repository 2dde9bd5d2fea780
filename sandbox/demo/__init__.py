"""The demo: an installation on this machine, and one land deal through it from end to end. `python -m sandbox.demo`."""
