"""Places: chips of imagery and where they come from. Knows no neural network and no HTTP framework."""
