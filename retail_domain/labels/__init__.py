"""Label and receipt templates: what stands where, as data. Drawing is the printers' business."""
