"""Names that PySpark programs catch; there is no Java here."""
