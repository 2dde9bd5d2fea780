"""The hub: strongly typed integrations for land deals behind one gRPC door."""
