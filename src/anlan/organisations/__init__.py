"""Who: governments, committees, departments, townships, villages, agencies, enterprises as organisations."""
