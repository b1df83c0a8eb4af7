"""What people may ask of the register about themselves, and what nobody else may see (docs/adr/0024)."""
