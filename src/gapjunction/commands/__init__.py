"""What a user can ask for, one verb a file: the only place where all floors meet."""
