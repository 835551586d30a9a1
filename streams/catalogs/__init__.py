"""Catalogs where they are kept: files, later the topic."""
