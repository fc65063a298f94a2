"""From cells to jobs: the header line, defaults, mail merge, languages, duplicates; and the plan made of them."""
