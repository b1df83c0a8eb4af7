"""One function for each thing a person does: one transaction, frozen values back, and what kinds of thing changed."""
