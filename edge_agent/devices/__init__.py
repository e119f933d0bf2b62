"""Device link (gRPC), bindings of devices to registers, the spool file."""
