"""The pages of a person about their own file, and their children's."""
