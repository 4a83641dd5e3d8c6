"""Where files live: originals, results and thumbnails, by the hash of their content."""
