"""A hot folder: every sheet that is dropped into it is checked, and run within its cap."""
