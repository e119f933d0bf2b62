"""A hub and its boxes on one machine, trading real baskets through the product's own code."""
