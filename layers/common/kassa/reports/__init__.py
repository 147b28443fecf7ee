"""Reports of days, weeks and months: closed once, each made of the same manifest."""
