"""GOST and CMS, pure: hash, sign, build and verify in process. No gRPC, no policy, no stored keys, no sockets."""
