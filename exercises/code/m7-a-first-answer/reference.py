import pandas as pd

tickets = pd.read_csv("tickets.csv", parse_dates=["opened_at", "first_response_at", "closed_at", "promised_at"])
tickets["wait"] = (tickets["first_response_at"] - tickets["opened_at"]).dt.total_seconds() / 60
first_answer = tickets.groupby("channel")["wait"].median()
