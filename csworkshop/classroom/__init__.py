"""A class in one room: the anonymous tree hole, and who is working on what, through one shared folder, no server."""
