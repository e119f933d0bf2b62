"""How a box is born, renewed and taken back; and the demo, which runs both programs."""
