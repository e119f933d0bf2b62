"""MQTT and gRPC from the boxes: check, append to the hub's journal, ack."""
