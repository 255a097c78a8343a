"""The pages of the loop. The page of one matter is composed above, at the desk."""
