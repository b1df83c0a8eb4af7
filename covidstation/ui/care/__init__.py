"""The acts of care on one person: transfer, outcome, a longer isolation, calls, the months after."""
