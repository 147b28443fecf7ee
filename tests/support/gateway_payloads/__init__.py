"""What each gateway sends and answers, as small builders."""
