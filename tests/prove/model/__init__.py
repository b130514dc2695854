"""The stateful model: a case in the policy's own words beside the same case in the real store."""
