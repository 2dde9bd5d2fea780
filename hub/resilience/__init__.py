"""The only way out of the hub: total deadline > retry > breaker > rate limit > attempt timeout > call."""
