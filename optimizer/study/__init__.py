"""Questions about the plan: each is a generator of questions and a fold over their answers, in a file of its own."""
