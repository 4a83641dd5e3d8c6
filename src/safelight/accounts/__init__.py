"""Who people are: roles, scopes, passwords, tokens. Nothing here knows a database or HTTP."""
