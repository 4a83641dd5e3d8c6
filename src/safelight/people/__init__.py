"""Who is in a photo, where, and looking how."""
