"""Styles as data, and the filters that their local recipes are made of."""
