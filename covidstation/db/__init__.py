"""The register on disk: rows, the one transaction, the journal, keys, read queries and migrations."""
