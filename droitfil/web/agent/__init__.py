"""The pages of those who work on files: finding a person, opening a file, settling a claim."""
