"""Households and who lives in them: moving, joining, parting, births, deaths, coming, leaving, and taking that back."""
