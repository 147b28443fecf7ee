"""Changes of rules that people are writing: kept until they are saved or thrown away."""
