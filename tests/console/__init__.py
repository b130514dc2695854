"""The console, tried from outside: a real store, a real server, a plain HTTP client."""
