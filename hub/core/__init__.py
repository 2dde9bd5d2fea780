"""What every module stands on: effects, outbox, events, audit, keys, time. No gRPC, no vendor, no module."""
