"""Opening hours: tables of the rules, and agreement with a slow second implementation."""
