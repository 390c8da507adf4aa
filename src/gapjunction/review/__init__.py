"""Looking at boxes and correcting them in a browser: what the page shows, keeps and writes."""
