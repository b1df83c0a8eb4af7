"""From door to door: rounds over all households, what was found at each door, and the people who need looking after."""
