"""The locked window: unlock a vault, or make the first one."""
