"""Places: departments, communes, offices, and who is competent for which address on which day."""
