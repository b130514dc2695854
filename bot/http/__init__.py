"""What the chat and the console share: sessions, headers, forms, errors."""
