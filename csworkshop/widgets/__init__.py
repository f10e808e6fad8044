"""What a trainee sees in a notebook: one widget per kind of exercise."""
