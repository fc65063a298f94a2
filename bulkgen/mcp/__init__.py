"""The batch as tools for an assistant: a thin door beside the terminal, over the same batch layer."""
