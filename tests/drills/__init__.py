"""What an operator dreads, done for real: machines lost, restored, promoted, upgraded."""
