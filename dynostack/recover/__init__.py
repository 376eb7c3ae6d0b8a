"""What a killed update leaves behind is put right: its lock, its operations, what is billed."""
