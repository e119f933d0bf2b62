"""MQTT brokers: Mosquitto's settings for production, an embedded one where it is not installed."""
