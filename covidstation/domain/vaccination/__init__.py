"""Vaccination: what is known of doses, vaccines and what stands between somebody and the next dose."""
