"""One benchmark a file; each also runs its peers in the same process."""
