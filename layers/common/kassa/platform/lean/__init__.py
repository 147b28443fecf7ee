"""The platform without pydantic and boto3, for the intake, whose cold start is counted."""
