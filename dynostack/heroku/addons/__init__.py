"""Add-on services that really run: PostgreSQL and memcached."""
