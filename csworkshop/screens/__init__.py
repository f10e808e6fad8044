"""Screens that show what other rooms keep, and change on their own: the class's tree hole, panel and dashboard."""
