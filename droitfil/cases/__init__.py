"""Cases: what a person asks, from the draft to the card in hand, and the papers given meanwhile."""
