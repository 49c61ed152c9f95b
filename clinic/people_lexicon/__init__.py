"""Words for people, names and ages, folded."""
