"""What a build is made of and what it says: contexts, .dockerignore, output. No engine, no web."""
