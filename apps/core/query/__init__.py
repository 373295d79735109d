"""The words a reader filters lists with: `web status:running -label:tier=backend "two words"`."""
