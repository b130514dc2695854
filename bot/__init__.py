"""How we talk: conversations, faces, channels and the worker's console."""
