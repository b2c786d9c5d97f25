"""Words: ready texts for each hazard, dates as people say them, what is hard to read, what a call says."""
