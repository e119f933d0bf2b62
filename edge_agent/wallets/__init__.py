"""The line to the payment provider: its gateway, and the teller that asks it until it answers."""
