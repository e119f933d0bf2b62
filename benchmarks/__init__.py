"""What we claim to be fast. Each module prints one table."""
