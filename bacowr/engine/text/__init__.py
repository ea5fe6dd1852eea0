"""Words, sentences and measures of running text, in Swedish and English."""
