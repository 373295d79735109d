"""What is claimed about speed and memory, as programs: `python -m bench [name …]`."""
