"""The station's store: its items, what comes and goes, what was counted, and the ledger of it."""
