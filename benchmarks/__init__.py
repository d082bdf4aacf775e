"""How much the scheduling of a graph of tasks costs, beside its peers: ``python -m benchmarks``."""
