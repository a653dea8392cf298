"""HealthMate Desktop: health records, a medical library and an assistant that cites both."""

__version__ = "0.1.0"
