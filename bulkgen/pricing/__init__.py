"""What a job will last and cost, before it is sent: ranges, and how sure they are. Pure."""
