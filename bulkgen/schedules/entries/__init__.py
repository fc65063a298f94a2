"""What is scheduled, and the words in which each platform has it. Pure."""
