"""A real JupyterHub with the project's own configuration, a class that works on it, and what that costs."""
