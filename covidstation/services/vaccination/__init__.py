"""What is done about vaccination: the history of doses, the due list, sessions, proofs, coverage."""
