"""Captions: what is said of a picture, by this machine from what it measures or by a caption server."""
