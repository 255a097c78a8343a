"""What guarded events have to do when a matter of theirs comes to lie elsewhere."""

from anlan.hidden_dangers import api as loop
from anlan.safeguards.actions import release_travelled

loop.follow_matter(release_travelled)
