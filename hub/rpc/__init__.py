"""The only way in: gRPC over mTLS, one chain of checks before every handler, one mapping of errors after it."""
