"""Workbooks, read in one pass by a reader of our own."""
