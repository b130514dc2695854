"""The channels, tried from outside: real servers, real libraries, real sockets."""
