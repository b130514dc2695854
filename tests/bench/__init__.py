"""The measurements: every figure a ratio beside a peer, taken in turns in one run. Nothing here is a test."""
