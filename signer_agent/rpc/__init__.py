"""The way in: mTLS gRPC, raw bytes to domain and back."""
