"""The suite: stories first, a mirror of the source behind them."""
