"""Measures Safelight beside its peers on this machine: ``python -m bench``, from the root of the repository."""
