"""What a person types and reads: commands, questions, progress, exit codes. The only place that prints."""
