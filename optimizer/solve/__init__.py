"""From arrays to a plan."""
