"""What goes to the district and comes back."""
