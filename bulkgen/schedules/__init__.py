"""Runs that the computer starts by itself: systemd, cron, launchd and the Task Scheduler hold the entries."""
