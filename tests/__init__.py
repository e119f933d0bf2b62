"""Tests: one folder a room, and stories of several rooms in scenarios/."""
