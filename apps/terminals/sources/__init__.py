"""What sockets want, turned into what an engine is asked: the only place of this app that opens one, by the gate."""
