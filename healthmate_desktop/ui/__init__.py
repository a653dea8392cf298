"""What a person sees. Imports services and domain, and is imported by `app` alone."""
