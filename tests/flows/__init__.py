"""The story's tests: invented cases, what each listener is told, and how it reads."""
