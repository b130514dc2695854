"""The web's own rules, tried over a real socket."""
