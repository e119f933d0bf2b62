"""Stories of several rooms, over real files and real connections."""
