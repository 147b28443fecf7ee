"""How somebody who works here gets into the console, and out of it."""
