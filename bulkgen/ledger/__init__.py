"""What was sent and paid: events, what they add up to, and the resume file that keeps them, under its lock."""
