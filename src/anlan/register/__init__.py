"""What is supervised: enterprises, their sites, and who answers for them."""
