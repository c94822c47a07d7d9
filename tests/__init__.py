"""Unit, integration, acceptance and benchmarks."""
