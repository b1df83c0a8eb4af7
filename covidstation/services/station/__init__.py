"""The station itself: founding, opening, staff, rules, backups, checks, training."""
