"""What a trainee has done, how well each technique is mastered, and what to practise next."""
