"""Files appear whole or not at all, and many who wait for the disk wait once."""
