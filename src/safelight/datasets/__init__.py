"""Training sets: from a folder of photos to cropped, captioned pictures in the layout that a trainer reads."""
