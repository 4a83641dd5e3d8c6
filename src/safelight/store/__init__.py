"""Where files live: originals, results and the pictures made from them, by the hash of their content."""
