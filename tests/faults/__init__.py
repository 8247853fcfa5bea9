"""What breaks around the program, and what must hold whatever broke."""
