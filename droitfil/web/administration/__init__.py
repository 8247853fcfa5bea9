"""The pages of an administrator: who works here, in which office, for whom. No file opens here."""
