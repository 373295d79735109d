"""Making containers: the table of what can be chosen, and the ways between texts of a form and the engine's JSON."""
