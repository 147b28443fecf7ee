"""The facts as Parquet, and what is counted over them."""
