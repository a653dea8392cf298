"""The engine: a child process that embeds text and writes with local weights, and the client in front of it."""
