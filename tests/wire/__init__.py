"""Real stations, a real hub, a real line between them."""
