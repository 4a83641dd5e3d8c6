"""What runs tasks: workers that claim, run and commit, and what keeps them alive."""
