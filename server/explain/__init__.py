"""Why a place sounds like that: maps of patches, contributions of concepts, pages about a concept."""
