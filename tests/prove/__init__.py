"""The proof: seeds of a simulated chain over the product's own code, and mutants to catch."""
