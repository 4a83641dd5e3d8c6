"""Fetching a picture from an address that a stranger names, without being led where strangers have no business."""
