import pandas as pd

tickets = pd.read_csv("tickets.csv", parse_dates=["opened_at", "first_response_at", "closed_at", "promised_at"])
unresolved = tickets[~tickets["resolved"]].groupby("channel").size()
