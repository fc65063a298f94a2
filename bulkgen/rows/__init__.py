"""From cells to jobs, each row read once: the header line, defaults, mail merge, languages, duplicates; advice."""
