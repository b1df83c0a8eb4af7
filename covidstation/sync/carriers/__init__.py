"""Ways by which bundles travel."""
