"""How severe a finding is in one project: its settings, and comments that exempt a line."""
