"""A trainee's way in: setting up on first use, their workspace of lessons, and the JupyterLab they work in."""
