"""The demo at scale: histories told in memory by the transition table, written in bulk with honest ledger entries."""
