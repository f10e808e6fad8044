"""Engines behind activities: the knowledge base, its search and what is made of them."""
