"""What people fill in. A form only gathers; the command behind it decides what is right."""
