"""Measurements that anybody can repeat: `python -m csworkshop.bench typing`."""
