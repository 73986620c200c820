"""What people decide on: cases, two persons, audit log, exposure."""
