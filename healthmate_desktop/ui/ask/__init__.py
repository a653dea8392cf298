"""Questions and answers: the conversation, and the place each sentence came from."""
