"""Results as files: tables, slides, documents, web pages, a script that makes them again."""
