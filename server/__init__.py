"""People: the HTTP interface, settings and the `earshot` command. The only room that imports the other two."""
