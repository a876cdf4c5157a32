"""What each command of `inspector` takes on the command line and prints."""
