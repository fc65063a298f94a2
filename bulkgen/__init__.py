"""bulkgen: a spreadsheet in, finished HeyGen videos, translations and voice-overs out."""

__version__ = "0.1.0"
