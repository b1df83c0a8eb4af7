"""The people of the district: who they are, what each may do, what each did."""
