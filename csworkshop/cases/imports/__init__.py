"""Exports of help desks read into the tables of case data: mapping files, readers, a list of what was refused."""
