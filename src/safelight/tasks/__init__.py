"""Durable work: the task table is the truth, and everything that changes it is here."""
