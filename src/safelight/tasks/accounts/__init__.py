"""Accounts in the database: users, sessions, keys, invitations, the audit log."""
