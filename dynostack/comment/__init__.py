"""A review as a comment of a pull request on GitHub, or of a merge request on GitLab."""
