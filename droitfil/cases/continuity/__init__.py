"""Nobody who filed in time loses a day: what is owed next, and what the night does about it."""
