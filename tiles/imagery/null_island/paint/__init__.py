"""The painters, one module per kind of land; each turns the pixels of a class into colours."""
