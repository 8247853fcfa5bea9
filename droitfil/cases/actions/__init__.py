"""Every write of a case; each action is one event of the table of states, or says why not."""
