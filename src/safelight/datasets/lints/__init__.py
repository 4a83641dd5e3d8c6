"""What each trainer reads of a training set, and what it trips over."""
