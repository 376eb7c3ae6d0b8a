"""Node.js for apps: which one an app requests, where it is, and its package managers."""
