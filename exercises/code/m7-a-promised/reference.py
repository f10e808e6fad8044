import pandas as pd

tickets = pd.read_csv("tickets.csv", parse_dates=["opened_at", "first_response_at", "closed_at", "promised_at"])
promised = tickets[tickets["promised_at"].notna()]
on_time = promised.assign(kept=promised["closed_at"] <= promised["promised_at"])
kept = on_time.groupby("team")["kept"].mean()
