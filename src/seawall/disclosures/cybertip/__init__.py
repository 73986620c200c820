"""Reports to NCMEC's CyberTipline: shape, rules, client and receiver."""
