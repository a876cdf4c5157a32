"""The one road from a draft to a sealed bundle."""
