"""A second partner, as small as one can be: a shop that takes tags; the worked example."""
