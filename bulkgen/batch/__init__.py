"""One sheet as a unit of work, whoever asks for it: never prints, asks or ends the process."""
