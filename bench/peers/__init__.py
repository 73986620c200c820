"""What the benchmarks compare Seawall with, where no package does it."""
