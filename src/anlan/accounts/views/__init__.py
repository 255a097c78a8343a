"""The pages of accounts: the door, one's own account, and the accounts an administrator looks after."""
