"""Shows stored results to people; decides nothing."""
