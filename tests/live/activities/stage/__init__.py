"""A kind for tests, inside a real server: it tells what a container of the real engine prints, and ends with it."""
