"""Floor 1: what every other room needs to know about Chinese text as people type it."""
