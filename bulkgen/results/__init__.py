"""The results sheet: a table made from rows and states, and the files it is written to."""
