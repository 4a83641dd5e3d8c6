"""Classical looks: drawn with filters alone, without any weights."""
