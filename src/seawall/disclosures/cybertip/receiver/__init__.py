"""A receiver on this machine that behaves as the CyberTipline does."""
