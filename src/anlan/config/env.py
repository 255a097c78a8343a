"""What differs between machines, read from the environment and from ANLAN_HOME (placeholder until the launcher lands)."""
