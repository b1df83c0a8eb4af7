"""Kho: the store's items and lots, what comes and goes, counts, the ledger."""
