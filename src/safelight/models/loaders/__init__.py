"""The only modules that import an ML framework; each is imported when a model of its kind is first loaded."""
