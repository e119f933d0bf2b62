"""What IT says to the hub at a terminal: options in, one use case, a sentence out."""
