"""The contacts of cases (F1)."""
