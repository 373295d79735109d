"""The words a reader filters containers with: `web status:running -label:tier=backend "two words"`."""
