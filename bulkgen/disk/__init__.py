"""Files appear whole or not at all, and many tasks that wait for the disk wait once."""
