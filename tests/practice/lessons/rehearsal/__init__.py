"""A lesson to test the engine with."""
