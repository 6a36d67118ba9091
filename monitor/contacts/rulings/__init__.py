"""What people rule by command: exemptions, their lifting, repairs."""
