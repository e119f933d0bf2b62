"""Journal to hub, feeds to box: state machines without I/O, and thin adapters."""
