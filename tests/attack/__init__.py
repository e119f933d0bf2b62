"""Attacks on box and hub: from the network, from a box with a certificate, from a person."""
