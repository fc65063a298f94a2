"""The promise outside the crash: a file for each way around it that ordinary life takes, and what it costs."""
