"""The store: what is known, about whom, for what, and who may read it. It never knows how we talk."""
