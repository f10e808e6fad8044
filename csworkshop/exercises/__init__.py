"""Floor 4: what an exercise is, where answers are kept, and the one function that marks them."""
