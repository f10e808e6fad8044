"""Floor 2: what counts as a technique or a fault in a reply, and the one checker that finds them."""
