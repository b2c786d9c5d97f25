"""What a municipality is and has."""
