"""Care of an F0: rounds, danger signs, triage, medicines, transfers, outcomes, the months after, contact ends."""
