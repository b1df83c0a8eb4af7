"""Windows about vaccination: what somebody had and what is due, sessions, certificates."""
