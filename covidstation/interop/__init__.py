"""The register in the forms of others: FHIR R4 resources and the CSV of five parts. Knows the domain alone."""
