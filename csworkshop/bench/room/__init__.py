"""A class at work in real kernels, and the instructor's dashboard beside it in a real browser."""
