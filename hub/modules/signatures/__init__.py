"""The signatures module: sign by the agents that hold the keys, and verify what others signed."""
