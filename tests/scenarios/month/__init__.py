"""A scripted month of a chain: every kind of fact, the four named cases, both transports flapping.

Real cores, real journals and a real hub on either database; the network is a list, and one integer
makes a whole run.
"""
