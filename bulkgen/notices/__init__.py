"""What tells others that a run has ended: notices by mail, chat or web hook, and a command of the person's own."""
