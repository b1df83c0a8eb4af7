"""Stations from enrolment to revocation, and the authority that speaks for the district."""
