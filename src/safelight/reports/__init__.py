"""Pages and pictures about results."""
