"""Transfer orders: states and what may follow what."""
