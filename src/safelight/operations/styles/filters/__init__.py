"""Filters of pictures on a canvas: (H, W, 3) float32, 0-1 sRGB, to the same; all lengths are in its pixels."""
