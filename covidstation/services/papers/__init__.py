"""Papers: issuing, voiding, reprinting; what is missing, delivered, bound into a dossier; the legal packs."""
